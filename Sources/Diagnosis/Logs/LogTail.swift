/// The end of a log, clean and bounded: whole entries, so that a trace keeps its head.
struct LogTail: Hashable {
    static let empty = LogTail(of: [])
    /// Lines that are shown as evidence.
    private static let limit = 6

    var lines: [String]
    /// The line that says what happened last; nil where nothing was written.
    var words: String?

    /// - Parameter log: as it was written, oldest line first.
    init(of log: [String]) {
        let entries = LogEntry.all(in: Redaction.lines(log, last: log.count))
        words = entries.last?.words
        lines = entries.last?.bounded(to: Self.limit) ?? []
        for entry in entries.dropLast().reversed() {
            guard lines.count + entry.lines.count <= Self.limit else { break }
            lines = entry.lines + lines
        }
    }

    /// `; its last words: …`; empty where nothing was written.
    var clause: String { words.map { "; its last words: \($0)" } ?? "" }
}
