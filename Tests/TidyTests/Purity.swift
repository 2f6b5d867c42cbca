/// Pure targets take the clock, randomness, identifiers and files as parameters: the same values in, the same out.
enum Purity {
    static let forbidden: [(call: String, what: String)] = [
        ("Date()", "the clock"), ("Date.now", "the clock"), ("timeIntervalSinceNow", "the clock"),
        ("ContinuousClock", "the clock"), ("SuspendingClock", "the clock"), (".random(", "randomness"),
        ("randomElement(", "randomness"), ("shuffle(", "randomness"), ("shuffled(", "randomness"),
        ("SystemRandomNumberGenerator", "randomness"), ("UUID()", "randomness"), ("ProcessInfo", "the process"),
        ("CommandLine", "the process"), ("getenv(", "the environment"), ("FileManager", "files"),
        ("FileHandle", "files"),
        ("contentsOf:", "files"), ("contentsOfFile", "files"), ("Task {", "concurrency"), ("Task.", "concurrency"),
    ]

    static func remarks(on file: SourceText) -> [Remark] {
        guard file.isSource, Layering.kind(of: file.target) == .pure else { return [] }
        return file.code.enumerated().flatMap { index, line in
            forbidden.filter { Search.has($0.call, in: line) && !isAppending($0.call, line) }.map {
                Remark(
                    path: file.path, line: index + 1,
                    message: "\($0.call) in a pure target: \($0.what) must come in as a parameter")
            }
        }
    }

    /// `append(contentsOf:)` and its kin read no file.
    private static func isAppending(_ call: String, _ line: String) -> Bool {
        call == "contentsOf:"
            && ["append(", "insert(", "replace(", "Range("].contains { line.contains($0 + "contentsOf:") }
    }
}
