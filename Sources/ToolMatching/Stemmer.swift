/// Takes English words to a common form, so that "alerts", "alerting" and "alerted" meet: the inflections of Porter's
/// algorithm (steps 1a to 1c) and the few derivations that tool descriptions use.
enum Stemmer {
    /// - Parameter word: in lower case. Words with other than ASCII letters come back as they are.
    static func stem(_ word: String) -> String {
        var letters = Array(word.utf8)
        guard letters.count > 2, letters.allSatisfy({ $0 >= 97 && $0 <= 122 }) else { return word }
        removePlural(&letters)
        removeTense(&letters)
        removeDerivation(&letters)
        if letters.count > 2, letters.last == UInt8(ascii: "y"), hasVowel(letters.dropLast()) {
            letters[letters.count - 1] = UInt8(ascii: "i")
        }
        if letters.count > 3, letters.last == UInt8(ascii: "e") { letters.removeLast() }
        return String(decoding: letters, as: UTF8.self)
    }

    private static func removePlural(_ word: inout [UInt8]) {
        if ends(word, "ies"), word.count > 4 {
            word.removeLast(2)
            word[word.count - 1] = UInt8(ascii: "y")
        } else if ["sses", "shes", "ches", "xes", "zes", "uses"].contains(where: { ends(word, $0) }), word.count > 4 {
            word.removeLast(2)
        } else if word.last == UInt8(ascii: "s"), word.count > 3,
            !["ss", "us", "is"].contains(where: { ends(word, $0) })
        {
            word.removeLast()
        }
    }

    private static func removeTense(_ word: inout [UInt8]) {
        for suffix in ["ing", "ed"] where ends(word, suffix) {
            let root = word.dropLast(suffix.utf8.count)
            guard root.count > 2, hasVowel(root), !ends(Array(root), "e") else { return }
            word = Array(root)
            if word.count > 3, word[word.count - 1] == word[word.count - 2],
                !["ll", "ss", "zz"].contains(where: {
                    ends(word, $0)
                })
            {
                word.removeLast()
            }
            return
        }
    }

    /// Longest first; the root keeps at least four letters so that short words stay apart.
    private static func removeDerivation(_ word: inout [UInt8]) {
        for (suffix, replacement) in [
            ("ization", "ize"), ("ational", "ate"), ("fulness", "ful"), ("ation", "ate"), ("ition", "ite"),
            ("ness", ""), ("ment", ""), ("ably", "able"), ("ally", "al"), ("ly", ""),
        ] where ends(word, suffix) {
            guard word.count - suffix.utf8.count >= 4 else { return }
            word.removeLast(suffix.utf8.count)
            word.append(contentsOf: replacement.utf8)
            return
        }
    }

    private static func ends(_ word: [UInt8], _ suffix: String) -> Bool {
        word.count >= suffix.utf8.count && word.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    private static func hasVowel(_ word: some Sequence<UInt8>) -> Bool {
        word.contains { "aeiouy".utf8.contains($0) }
    }
}
