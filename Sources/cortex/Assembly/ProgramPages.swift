import Dispatch
import Glibc

/// The program's and its libraries' files, as far as they are mapped for reading only: their text and constants.
///
/// The kernel maps whole stretches of a file around each page that is touched, and keeps them mapped for as long as
/// nothing else needs the memory. Of the 27 MB that `cortex serve` so shows as its own, most served only its start.
/// Letting go unmaps them: nothing is lost, nothing is written, the file stays in the kernel's cache, and a page that
/// is used again is mapped again without a read, in microseconds. What Cortex allocates is not touched by it.
enum ProgramPages {
    /// A stretch of addresses.
    struct Region: Hashable {
        var start: UInt
        var end: UInt
    }

    /// Unmaps what nothing uses now; on a thread of its own, for it reads a file of the kernel's.
    static func letGo() {
        DispatchQueue.global(qos: .utility).async { _ = letGoNow() }
    }

    /// - Returns: the bytes that were asked to go.
    static func letGoNow() -> Int {
        mapped().reduce(0) { bytes, region in
            guard let start = UnsafeMutableRawPointer(bitPattern: region.start) else { return bytes }
            let count = Int(region.end - region.start)
            return madvise(start, count, MADV_DONTNEED) == 0 ? bytes + count : bytes
        }
    }

    /// Those of this process, in all of its files.
    static func mapped() -> [Region] {
        // The kernel hands it out a page at a time, and whoever takes a short piece for the last one sees a few
        // mappings only.
        let descriptor = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return regions(in: String(decoding: bytes, as: UTF8.self))
    }

    /// The private mappings of files that cannot be written and of which this process has no page of its own: where the
    /// loader wrote addresses into a mapping and then closed it, going back to the file would lose them.
    ///
    /// - Parameter smaps: as `proc(5)` describes `/proc/PID/smaps`: a line for the mapping, then its facts.
    static func regions(in smaps: String) -> [Region] {
        var found: [Region] = []
        var candidate: Region?
        for line in smaps.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count >= 6, words[1].utf8.count == 4 {
                candidate = words[5].hasPrefix("/") ? region(words[0], words[1]) : nil
            } else if words.count >= 5, words[1].utf8.count == 4, words[0].contains("-") {
                candidate = nil
            } else if words.first == "Anonymous:", let region = candidate {
                if words.count > 1, words[1] == "0" { found.append(region) }
                candidate = nil
            }
        }
        return found
    }

    /// Nil for what can be written or is shared.
    private static func region(_ range: Substring, _ rights: Substring) -> Region? {
        let ends = range.split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, ends[0] < ends[1], ["r--p", "r-xp"].contains(rights) else { return nil }
        return Region(start: ends[0], end: ends[1])
    }
}
