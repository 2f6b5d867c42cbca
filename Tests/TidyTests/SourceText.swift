/// A Swift file, taken apart far enough to be judged: its lines, the same lines with comments and the contents of
/// strings blanked out, and which lines carry a comment.
struct SourceText {
    /// Relative to the repository, `Sources/JSON/JSONValue.swift`.
    var path: String
    var lines: [String]
    /// Code only. As many lines as `lines`; an interpolation inside a string counts as code.
    var code: [String]
    /// Line by line, the text of its comments; empty without one.
    var comments: [String]

    init(path: String, text: String) {
        self.path = path
        var blanker = Blanker(Array(text.utf8))
        blanker.run()
        lines = Self.lines(Array(text.utf8))
        code = Self.lines(blanker.code)
        comments = Self.lines(blanker.comments).map { String($0.drop { $0 == " " }) }
    }

    /// `Sources`, `JSON` and so on; the last one is the file's name.
    var components: [String] { path.split(separator: "/").map(String.init) }
    var isSource: Bool { components.first == "Sources" }
    /// The name of the target, by its folder.
    var target: String { components.count > 1 ? components[1] : "" }
    /// The file's name without `.swift`.
    var name: String { String(components.last?.dropLast(6) ?? "") }

    /// Whether the line itself, or the lines directly above it, carry a comment.
    func isExplained(_ index: Int) -> Bool {
        !comments[index].isEmpty || (index > 0 && !comments[index - 1].isEmpty)
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}
