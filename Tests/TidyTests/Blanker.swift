/// Separates a file's code from its comments and its strings' contents. Both results have the file's own length and
/// line breaks, the rest of them is blanks.
struct Blanker {
    private let text: [UInt8]
    private(set) var code: [UInt8]
    private(set) var comments: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
        let blank = text.map { $0 == 10 ? 10 : UInt8(ascii: " ") }
        code = blank
        comments = blank
    }

    mutating func run() {
        while position < text.count { step() }
    }

    /// One token's worth of code: a comment, a string, or a byte that is neither.
    private mutating func step() {
        // Most bytes begin neither a comment nor a string.
        guard [UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "#")].contains(text[position]) else {
            take(asComment: false)
            return
        }
        if starts(with: "//") {
            while position < text.count, text[position] != 10 { take(asComment: true) }
        } else if starts(with: "/*") {
            blockComment()
        } else if let (hashes, isMultiline) = openingQuote() {
            string(hashes: hashes, isMultiline: isMultiline)
        } else {
            take(asComment: false)
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                take(asComment: true)
            } else if starts(with: "*/") {
                depth -= 1
                take(asComment: true)
            }
            take(asComment: true)
        } while depth > 0 && position < text.count
    }

    private mutating func string(hashes: Int, isMultiline: Bool) {
        let quotes = isMultiline ? 3 : 1
        for _ in 0..<(hashes + quotes) { take(asComment: false) }
        let end =
            Array(repeating: UInt8(ascii: "\""), count: quotes) + Array(repeating: UInt8(ascii: "#"), count: hashes)
        let escape = [UInt8(ascii: "\\")] + Array(repeating: UInt8(ascii: "#"), count: hashes)
        while position < text.count {
            guard [end[0], escape[0], 10].contains(text[position]) else {
                position += 1
                continue
            }
            if starts(with: end) {
                for _ in end { take(asComment: false) }
                return
            }
            if !isMultiline, text[position] == 10 { return }
            if starts(with: escape) {
                position += escape.count
                if position < text.count, text[position] == UInt8(ascii: "(") {
                    interpolation()
                } else {
                    position += 1
                }
            } else {
                position += 1
            }
        }
    }

    private mutating func interpolation() {
        var depth = 0
        repeat {
            if text[position] == UInt8(ascii: "(") { depth += 1 }
            if text[position] == UInt8(ascii: ")") { depth -= 1 }
            step()
        } while depth > 0 && position < text.count
    }

    /// The number of `#` before a quote here, and whether there are three quotes.
    private func openingQuote() -> (hashes: Int, isMultiline: Bool)? {
        var index = position
        while index < text.count, text[index] == UInt8(ascii: "#") { index += 1 }
        guard index < text.count, text[index] == UInt8(ascii: "\"") else { return nil }
        let isMultiline = text[index...].starts(with: Array("\"\"\"".utf8))
        return (index - position, isMultiline)
    }

    private mutating func take(asComment isComment: Bool) {
        guard position < text.count else { return }
        if isComment { comments[position] = text[position] } else { code[position] = text[position] }
        position += 1
    }

    private func starts(with prefix: String) -> Bool { starts(with: Array(prefix.utf8)) }
    private func starts(with prefix: [UInt8]) -> Bool { text[position...].starts(with: prefix) }
}
