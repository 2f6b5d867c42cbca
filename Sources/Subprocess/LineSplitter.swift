/// Turns pieces of a stream into lines.
struct LineSplitter {
    /// A line is cut here; its rest is dropped.
    static let maximumBytes = 64 << 10

    private var line: [UInt8] = []
    private let onLine: (String) -> Void

    init(onLine: @escaping (String) -> Void) { self.onLine = onLine }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        var rest = piece[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            deliver()
            rest = rest[(end + 1)...]
        }
        keep(rest)
    }

    /// A last line without a line break is a line too.
    mutating func finish() {
        if !line.isEmpty { deliver() }
    }

    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
        line.append(contentsOf: bytes.prefix(Self.maximumBytes - line.count))
    }

    private mutating func deliver() {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        onLine(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
    }
}
