"""Which shared libraries a program needs, read from its dynamic section."""
import struct

MACHINES = {62: "amd64", 183: "arm64"}


def machine(data):
    """The Debian name of the architecture an ELF file is for; None for another kind of file."""
    if data[:5] != b"\x7fELF\x02":
        return None
    return MACHINES.get(struct.unpack_from("<H", data, 18)[0])


def needed(data):
    """The sonames of a 64-bit little-endian ELF file's direct dependencies."""
    if machine(data) is None:
        return []
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQQQ", data, offset + index * size) for index in range(count)]
    loads = [(s[3], s[2], s[5]) for s in segments if s[0] == 1]
    entries = []
    for segment in segments:
        if segment[0] != 2:
            continue
        for at in range(segment[2], segment[2] + segment[5], 16):
            tag, value = struct.unpack_from("<qQ", data, at)
            if tag == 0:
                break
            entries.append((tag, value))
    strings = next((value for tag, value in entries if tag == 5), None)
    if strings is None:
        return []
    base = next(file + strings - memory for memory, file, length in loads if memory <= strings < memory + length)
    return [data[base + value:data.index(b"\0", base + value)].decode() for tag, value in entries if tag == 1]
