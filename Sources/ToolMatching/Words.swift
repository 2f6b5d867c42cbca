/// Splits names and prose into words.
enum Words {
    /// `getHostByName`, `get_host-by.name` → `get`, `host`, `by`, `name`; in lower case.
    static func ofName(_ name: String) -> [String] {
        var words: [String] = []
        var current = ""
        var previous: Character?
        for character in name.prefix(maximumCharacters) {
            if !character.isLetter, !character.isNumber {
                if !current.isEmpty { words.append(current) }
                current = ""
            } else {
                if character.isUppercase, let previous, previous.isLowercase || previous.isNumber, !current.isEmpty {
                    words.append(current)
                    current = ""
                }
                current += character.lowercased()
            }
            previous = character
        }
        if !current.isEmpty { words.append(current) }
        return words
    }

    /// The words of a description, in lower case.
    static func ofProse(_ text: String) -> [String] {
        text.prefix(maximumCharacters).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// More of a description than this says nothing about its tool.
    static let maximumCharacters = 4000
}
