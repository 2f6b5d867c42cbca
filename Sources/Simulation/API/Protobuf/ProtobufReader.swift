/// The wire format of protobuf: fields, one after the other.
/// Source: https://protobuf.dev/programming-guides/encoding/
struct ProtobufReader {
    enum Value: Hashable {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }
    /// What is no message.
    struct Malformed: Error, Hashable {
        var offset: Int
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// - Returns: nil at the end.
    mutating func next() throws(Malformed) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        let number = Int(clamping: tag >> 3)
        switch tag & 7 {
        case 0: return (number, .number(try varint()))
        case 1: return (number, .number(try fixed(8)))
        case 2: return (number, .bytes(try take(Int(clamping: try varint()))))
        case 5: return (number, .number(try fixed(4)))
        default: throw Malformed(offset: rest.startIndex)
        }
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard let byte = rest.popFirst() else { break }
            if shift < 64 { value |= UInt64(byte & 0x7F) << UInt64(shift) }
            if byte & 0x80 == 0 { return value }
        }
        throw Malformed(offset: rest.startIndex)
    }

    private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
        try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw Malformed(offset: rest.startIndex) }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
