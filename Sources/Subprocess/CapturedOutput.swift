/// The beginning of what a child writes to one stream.
struct CapturedOutput {
    private(set) var bytes: [UInt8] = []
    private(set) var isTruncated = false
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        let room = max(maximumBytes - bytes.count, 0)
        if piece.count > room { isTruncated = true }
        bytes.append(contentsOf: piece.prefix(room))
    }
}
