/// Finds the known word that a mistyped one most likely stands for.
public enum Nearest {
    /// - Returns: the candidate with the fewest edits, if that is at most a third of the word's length (at least 2).
    public static func to(_ word: String, among candidates: [String]) -> String? {
        let best = candidates.map { ($0, distance(Array(word.lowercased()), Array($0.lowercased()))) }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let best, best.1 <= max(2, word.count / 3) else { return nil }
        return best.0
    }

    /// The same for paths with dots: the right name in the wrong place counts as well (`probe` of `timeouts.probe`).
    static func toPath(_ path: String, among candidates: [String]) -> String? {
        if let near = to(path, among: candidates) { return near }
        func name(_ path: String) -> String { String(path.split(separator: ".").last ?? "") }
        let wanted = to(name(path), among: candidates.map(name))
        return wanted.flatMap { wanted in candidates.first { name($0) == wanted } }
    }

    /// The Levenshtein distance.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var previous = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                current.append(
                    min(previous[column] + (character == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
