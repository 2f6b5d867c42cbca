/// How one language prints a trace of several lines. Data, and nothing in a log is obeyed: lines are only compared.
struct TracePattern {
    enum Meaning {
        /// The line belongs to the entry before it.
        case goesOn
        /// The same, and it says more than that entry's first line: what was underneath.
        case goesOnWithCause
        /// A trace that says what it is about in its first line that is not indented.
        case endsWithCause
        /// Two such traces that follow each other are about one thing.
        case joins
        /// An entry that everything after it belongs to: the process ends with it.
        case takesTheRest
    }
    var meaning: Meaning
    /// What the line begins with, behind spaces and tabs.
    var start: String
    /// Where the wording comes from.
    var source: String

    private init(_ meaning: Meaning, _ start: String, _ source: String) {
        self.meaning = meaning
        self.start = start
        self.source = source
    }

    /// Frames that are indented need no pattern: an indented line always belongs to the one before it.
    static let all: [TracePattern] = [
        .init(.goesOnWithCause, "Caused by: ", "Java, Throwable.printStackTrace"),
        .init(.goesOnWithCause, "---> ", ".NET, Exception.ToString"),
        .init(.goesOn, "Suppressed: ", "Java, Throwable.printStackTrace"),
        .init(.goesOn, "... ", "Java, frames in common with the enclosing trace"),
        .init(.goesOn, "--- End of inner exception stack trace ---", ".NET, Exception.ToString"),
        .init(.goesOn, "Node.js v", "Node.js, the end of an uncaught exception"),
        .init(.goesOn, "Stack trace:", "PHP, an uncaught exception"),
        .init(.goesOn, "#", "PHP frames"),
        .init(.goesOn, "note: run with `RUST_BACKTRACE", "Rust, the default panic hook"),
        .init(.goesOn, "stack backtrace:", "Rust, the default panic hook"),
        .init(.endsWithCause, "Traceback (most recent call last):", "Python, traceback"),
        .init(.joins, "During handling of the above exception, another exception occurred:", "Python, traceback"),
        .init(
            .joins, "The above exception was the direct cause of the following exception:", "Python, traceback"),
        .init(.takesTheRest, "panic: ", "Go, runtime"),
        .init(.takesTheRest, "fatal error: ", "Go, runtime"),
    ]

    static func meaning(of line: String) -> Meaning? {
        let text = line.drop { $0 == " " || $0 == "\t" }
        return all.first { text.hasPrefix($0.start) }?.meaning
    }
}
