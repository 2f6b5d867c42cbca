internal import Glibc

/// Turns pieces of a stream into lines.
struct LineSplitter {
    /// A line is cut here; its rest is dropped.
    private let maximumBytes: Int
    private var line: [UInt8] = []
    private let onLine: (String) -> Void

    init(maximumBytes: Int, onLine: @escaping (String) -> Void) {
        self.maximumBytes = maximumBytes
        self.onLine = onLine
    }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        var rest = piece
        while let start = rest.baseAddress, let end = memchr(start, Int32(UInt8(ascii: "\n")), rest.count) {
            let length = UnsafeRawPointer(end) - start
            keep(UnsafeRawBufferPointer(start: start, count: length))
            deliver()
            rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
        }
        keep(rest)
    }

    /// A last line without a line break is a line too.
    mutating func finish() {
        if !line.isEmpty { deliver() }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        let room = max(maximumBytes - line.count, 0)
        line.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.prefix(room)))
    }

    private mutating func deliver() {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        onLine(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
    }
}
