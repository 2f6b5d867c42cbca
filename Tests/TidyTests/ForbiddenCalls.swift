/// Calls that have no place here, and calls that need a reason beside them.
enum ForbiddenCalls {
    enum Scope {
        case everywhere, sources, tests
    }

    static let never: [(call: String, scope: Scope, instead: String)] = [
        ("print(", .sources, "the program's Terminal writes, everybody else logs"),
        ("debugPrint(", .everywhere, "the program's Terminal writes, everybody else logs"),
        ("dump(", .everywhere, "the program's Terminal writes, everybody else logs"),
        ("fatalError(", .sources, "an error says what a person can do; a broken invariant is a precondition"),
        ("try!", .sources, "say what happens when it fails"),
        ("as!", .everywhere, "say what happens when it is something else"),
        ("Any", .sources, "name the type"),
        ("Thread.sleep", .everywhere, "it blocks a cooperative thread; wait for a condition"),
        ("usleep(", .sources, "it blocks a cooperative thread; wait for a condition"),
        ("nanosleep(", .everywhere, "it blocks a cooperative thread; wait for a condition"),
        ("DispatchQueue.main", .everywhere, "nothing runs it"),
        ("DispatchSemaphore", .sources, "it blocks a cooperative thread; await"),
        ("nonisolated(unsafe)", .everywhere, "own the state with an actor or a Mutex"),
        ("URLSession", .everywhere, "HTTPTransport is the one HTTP client"),
    ]

    /// A comment on the same line or on the one above says why.
    static let explained: [(call: String, scope: Scope)] = [
        ("try?", .everywhere),
        ("Task.sleep", .tests),
        ("usleep(", .tests),
        ("@unchecked Sendable", .everywhere),
    ]

    static func remarks(on file: SourceText) -> [Remark] {
        file.code.enumerated().flatMap { index, line in
            let bad = never.filter { applies($0.scope, to: file) && Search.has($0.call, in: line) }
                .map { "\($0.call): \($0.instead)" }
            let bare = explained.filter { rule in
                applies(rule.scope, to: file) && Search.has(rule.call, in: line) && !isExplained(rule, index, file)
            }.map { "\($0.call) without its reason beside it" }
            return (bad + bare).map { Remark(path: file.path, line: index + 1, message: $0) }
        }
    }

    /// Calls of one kind that follow each other within two lines share the reason of the first.
    private static func isExplained(_ rule: (call: String, scope: Scope), _ index: Int, _ file: SourceText) -> Bool {
        if file.isExplained(index) { return true }
        return (max(0, index - 2)..<index).contains { earlier in
            Search.has(rule.call, in: file.code[earlier]) && isExplained(rule, earlier, file)
        }
    }

    private static func applies(_ scope: Scope, to file: SourceText) -> Bool {
        switch scope {
        case .everywhere: true
        case .sources: file.isSource
        case .tests: !file.isSource
        }
    }
}
