import Diagnosis

/// What a worker prints, line by line: what is passed on of it, and its last line, which is its report.
struct WorkerLines {
    enum Word: Hashable {
        /// For everybody who waits.
        case progress(String)
        case log(String)
    }

    /// Lines passed on; a worker that prints without end would else fill every stream and the log.
    static let maximum = 1000
    private static let progressMark = "PROGRESS:"
    private static let lineLimit = 1000

    /// The last line that is not blank.
    private(set) var last: String?
    /// Lines beyond `maximum` that were not passed on.
    private(set) var dropped = 0
    private var passed = 0

    /// - Returns: what is to be passed on now. A line of the log is passed on when the next one comes: the last is the
    ///   report and no log line.
    mutating func on(_ line: String) -> [Word] {
        guard !line.allSatisfy(\.isWhitespace) else { return [] }
        let before = last
        last = line
        var words: [Word] = []
        if let before, !before.hasPrefix(Self.progressMark) {
            if mayPass() { words.append(.log(Redaction.line(before, limit: Self.lineLimit))) }
        }
        if line.hasPrefix(Self.progressMark), mayPass() {
            let text = line.dropFirst(Self.progressMark.count).drop { $0 == " " }
            words.append(.progress(Redaction.line(String(text), limit: Self.lineLimit)))
        }
        return words
    }

    private mutating func mayPass() -> Bool {
        guard passed < Self.maximum else {
            dropped += 1
            return false
        }
        passed += 1
        return true
    }
}
