/// A word or a punctuation mark of Swift code.
struct Token: Equatable {
    var text: String
    /// From 1.
    var line: Int
    /// How many braces are open before it.
    var depth: Int

    static func all(in code: [String]) -> [Token] {
        var tokens: [Token] = []
        var depth = 0
        for (index, line) in code.enumerated() {
            var word: [UInt8] = []
            func end() {
                guard !word.isEmpty else { return }
                tokens.append(Token(text: String(decoding: word, as: UTF8.self), line: index + 1, depth: depth))
                word = []
            }
            for byte in line.utf8 {
                if isWord(byte) {
                    word.append(byte)
                } else {
                    end()
                    if byte == UInt8(ascii: " ") { continue }
                    if byte == UInt8(ascii: "}") { depth -= 1 }
                    tokens.append(Token(text: String(UnicodeScalar(byte)), line: index + 1, depth: depth))
                    if byte == UInt8(ascii: "{") { depth += 1 }
                }
            }
            end()
        }
        return tokens
    }

    /// The index of the brace that opens the body of the function, initializer, subscript or computed property
    /// declared at `index`; nil when nothing of that kind is declared there, or it has no body.
    static func body(ofDeclarationAt index: Int, in tokens: [Token]) -> Int? {
        let keyword = tokens[index].text
        guard ["func", "init", "deinit", "subscript", "var"].contains(keyword) else { return nil }
        if index > 0, [".", "`"].contains(tokens[index - 1].text) { return nil }
        var nesting = 0
        for at in (index + 1)..<tokens.count {
            let text = tokens[at].text
            switch text {
            case "(", "[": nesting += 1
            case ")", "]": nesting -= 1
            case "{" where nesting == 0: return at
            case "}" where nesting == 0: return nil
            case "=" where nesting == 0 && keyword == "var": return nil
            default: break
            }
            // The next declaration begins: what was declared here is a requirement or a stored property.
            if nesting < 0 || (nesting == 0 && tokens[at].line > tokens[at - 1].line && starters.contains(text)) {
                return nil
            }
        }
        return nil
    }

    private static let starters: Set<String> = [
        "func", "var", "let", "init", "deinit", "subscript", "case", "static", "public", "private", "internal",
        "package",
        "fileprivate", "mutating", "associatedtype", "typealias", "struct", "enum", "class", "actor", "protocol",
        "extension",
        "@", "#", "if", "for", "while", "guard", "switch", "return", "try", "await", "final", "override", "nonisolated",
    ]

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...:
            true
        default: false
        }
    }
}
