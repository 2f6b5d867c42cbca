/// What a program said at one time: one line, or a trace with all that belongs to it.
struct LogEntry: Hashable {
    var lines: [String]
    /// The line that says what happened; the others say where.
    var words: String

    private init(_ line: String) {
        lines = [line]
        words = Self.trimmed(line)
    }

    private enum State {
        case plain
        /// Within a trace that says at its end what it is about.
        case trace
        /// Right after it.
        case ended
        /// Everything belongs to the last entry.
        case rest
    }

    /// Puts the lines of a log together, oldest first; lines without text are dropped.
    static func all(in lines: [String]) -> [LogEntry] {
        var entries: [LogEntry] = []
        var state = State.plain
        func append(_ line: String, isCause: Bool = false) {
            guard !entries.isEmpty else { return entries.append(LogEntry(line)) }
            entries[entries.count - 1].lines.append(line)
            if isCause { entries[entries.count - 1].words = trimmed(line) }
        }
        for line in lines where !line.allSatisfy(\.isWhitespace) {
            let meaning = TracePattern.meaning(of: line)
            let isIndented = line.first?.isWhitespace == true
            switch (state, meaning) {
            case (.rest, _): append(line)
            case (_, .takesTheRest?) where !isIndented:
                entries.append(LogEntry(line))
                state = .rest
            case (.ended, .joins?), (.ended, .endsWithCause?), (.trace, .joins?), (.trace, .endsWithCause?):
                append(line)
                state = .trace
            case (_, .endsWithCause?):
                entries.append(LogEntry(line))
                state = .trace
            case (.trace, _):
                append(line, isCause: !isIndented)
                if !isIndented { state = .ended }
            case (_, .goesOnWithCause?): append(line, isCause: true)
            case (_, .goesOn?): append(line)
            case (_, _) where isIndented: append(line)
            default:
                entries.append(LogEntry(line))
                state = .plain
            }
        }
        return entries
    }

    /// At most so many of its lines: the first ones, the one that says what happened, and the last.
    func bounded(to limit: Int) -> [String] {
        guard lines.count > limit, limit > 3 else { return lines }
        let head = lines.prefix(limit / 2)
        let tail = lines.suffix(limit - head.count - 2)
        let telling = lines.dropFirst(head.count).dropLast(tail.count).last { Self.trimmed($0) == words }
        return head + ["…"] + (telling.map { [$0] } ?? []) + tail
    }

    private static func trimmed(_ line: String) -> String { String(line.drop { $0.isWhitespace }) }
}
