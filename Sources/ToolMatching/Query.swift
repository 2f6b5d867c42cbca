/// What a user asked, cut into words. At most `maximumWords` of the first `maximumCharacters` are looked at.
struct Query {
    struct Word {
        /// As written, without the punctuation around it.
        let text: String
        /// In lower case, apostrophes removed.
        let lower: String
        let stem: String
        /// Written in quotes: a value, never a keyword.
        let isQuoted: Bool

        /// Looks like something's name: has a digit, or punctuation inside.
        let isIdentifier: Bool
        /// The words of `high-severity`; one for a plain word, and none for a value.
        let parts: [String]
        let isPlural: Bool
        /// Split as a name is.
        let nameWords: [String]

        init(_ text: String, isQuoted: Bool) {
            let text = String(text.prefix(Query.maximumWordCharacters))
            let lower = text.lowercased().filter { $0 != "'" && $0 != "’" }
            self.text = text
            self.lower = lower
            self.isQuoted = isQuoted
            stem = isQuoted ? "" : Stemmer.stem(lower)
            let hasDigit = text.contains(where: \.isNumber)
            isIdentifier = isQuoted || hasDigit || text.dropFirst().dropLast().contains { "-._:/@".contains($0) }
            parts =
                isQuoted || hasDigit ? [] : lower.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            nameWords = Words.ofName(text)
            isPlural = !isQuoted && lower.hasSuffix("s") && stem != lower && !lower.hasSuffix("ss")
        }
    }

    var words: [Word] = []
    /// Whether something was left out because the text was too long.
    var isTruncated = false

    static let maximumCharacters = 4000
    static let maximumWords = 256
    static let maximumWordCharacters = 500

    init(_ text: String) {
        var rest = text.prefix(Self.maximumCharacters)
        isTruncated = rest.endIndex < text.endIndex
        while let start = rest.firstIndex(where: { !$0.isWhitespace }) {
            guard words.count < Self.maximumWords else {
                isTruncated = true
                return
            }
            rest = rest[start...]
            if let (value, after) = Self.quoted(rest) {
                words.append(Word(value, isQuoted: true))
                rest = after
            } else {
                let end = rest.firstIndex { $0.isWhitespace } ?? rest.endIndex
                append(rest[..<end])
                rest = rest[end...]
            }
        }
    }

    /// `key=value` and `key:` become words of their own, so that the value follows its key.
    private mutating func append(_ raw: Substring) {
        if let sign = raw.firstIndex(of: "="), raw.startIndex < sign {
            append(raw[..<sign])
            let value = raw[raw.index(after: sign)...]
            if let (inner, after) = Self.quoted(value), after.isEmpty {
                words.append(Word(inner, isQuoted: true))
            } else {
                append(value)
            }
            return
        }
        let text = String(Self.trimmed(raw))
        guard !text.isEmpty else { return }
        words.append(Word(text, isQuoted: false))
    }

    private static func trimmed(_ raw: Substring) -> Substring {
        let edge: (Character) -> Bool = { !$0.isLetter && !$0.isNumber && $0 != "/" && $0 != "_" }
        let front = raw.drop(while: edge)
        guard let last = front.lastIndex(where: { !edge($0) }) else { return front }
        // A sign belongs to its number.
        if front.startIndex > raw.startIndex, raw[raw.index(before: front.startIndex)] == "-",
            front.first?.isNumber == true
        {
            return raw[raw.index(before: front.startIndex)...last]
        }
        return front[...last]
    }

    /// A value in straight or curly quotes or backticks at the start of the text, and what follows it.
    private static func quoted(_ text: Substring) -> (String, Substring)? {
        guard let open = text.first else { return nil }
        let pairs: [Character: Character] = ["\"": "\"", "'": "'", "“": "”", "‘": "’", "`": "`", "«": "»", "„": "“"]
        guard let close = pairs[open] else { return nil }
        let inner = text.dropFirst()
        guard let end = inner.firstIndex(of: close), inner.startIndex < end else { return nil }
        return (String(inner[..<end]), inner[inner.index(after: end)...])
    }
}
