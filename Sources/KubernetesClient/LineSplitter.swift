internal import FoundationEssentials

/// Cuts a stream of bytes at its newlines. A line keeps neither its newline nor a carriage return before it.
struct LineSplitter {
    /// The longest line, in bytes.
    let limit: Int
    private var pending = Data()
    /// Up to where `pending` is known to hold no newline.
    private var searched = 0
    /// Where the first unread line starts.
    private var start = 0

    init(limit: Int) { self.limit = limit }

    /// - Returns: false when an unfinished line has become longer than the limit.
    mutating func append(_ chunk: Data) -> Bool {
        // Copying the rest once a chunk, not once a line, keeps a burst of small lines linear.
        if start > 0 {
            pending = Data(pending.dropFirst(start))
            searched -= start
            start = 0
        }
        pending.append(chunk)
        return pending.count <= limit || pending.dropFirst(searched).contains(0x0A)
    }

    mutating func next() -> Data? {
        guard let newline = pending.dropFirst(searched).firstIndex(of: 0x0A) else {
            searched = pending.count
            return nil
        }
        let line = trimmed(pending[start..<newline])
        start = newline + 1
        searched = start
        return line
    }

    /// What follows the last newline; nil when nothing does.
    mutating func rest() -> Data? {
        let line = trimmed(pending[start...])
        pending = Data()
        (start, searched) = (0, 0)
        return line.isEmpty ? nil : line
    }

    private func trimmed(_ line: Data) -> Data { Data(line.last == 0x0D ? line.dropLast() : line) }
}
