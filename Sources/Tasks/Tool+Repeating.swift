import JSON
import ToolMatching
import ToolServers

extension Tool {
    /// Whether calling it a second time is harmless: as its hints say, and where they say nothing, as its name does.
    ///
    /// Source of the hints: https://modelcontextprotocol.io/specification/2025-11-25/schema#toolannotations
    var mayBeRepeated: Bool {
        if annotations?["readOnlyHint"]?.boolValue == true || annotations?["idempotentHint"]?.boolValue == true {
            return true
        }
        if annotations?["readOnlyHint"]?.boolValue == false { return false }
        let serverWords = Set(Self.words(server))
        guard let verb = Self.words(name).first(where: { !serverWords.contains($0) }) else { return false }
        return Self.readingVerbs.contains(verb)
    }

    private static let readingVerbs: Set<String> = [
        "list", "get", "show", "describe", "search", "read", "find", "check", "status", "query", "fetch", "count",
    ]

    /// `list_hosts`, `list-hosts`, `listHosts` → list, hosts.
    private static func words(_ name: String) -> [String] {
        var words: [String] = []
        var isInside = false
        for character in name {
            guard character.isLetter || character.isNumber else {
                isInside = false
                continue
            }
            if isInside, !character.isUppercase {
                words[words.count - 1] += character.lowercased()
            } else {
                words.append(character.lowercased())
                isInside = true
            }
        }
        return words
    }
}

extension ToolFailure {
    /// Whether the server may have carried the call out although no answer came. Without a connection it did not.
    var mayHaveBeenExecuted: Bool {
        switch kind {
        case .connectionRefused, .nameNotFound, .unreachable: false
        default: true
        }
    }
}
