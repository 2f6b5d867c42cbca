/// All tools together: how rare each word is, in all and within one server.
struct Corpus {
    private var documents: [String: Int] = [:]
    private var documentsOfServer: [String: [String: Int]] = [:]
    private var tools: [String: Int] = [:]
    private var serverWords: [String: Set<String>] = [:]
    let count: Int
    let averageLength: Double

    init(_ profiles: [ToolProfile]) {
        count = profiles.count
        averageLength = profiles.isEmpty ? 1 : max(1, profiles.reduce(0) { $0 + $1.length } / Double(profiles.count))
        for profile in profiles {
            let server = profile.tool.server
            tools[server, default: 0] += 1
            if serverWords[server] == nil { serverWords[server] = ServerName.stems(server) }
            for stem in profile.weights.keys {
                documents[stem, default: 0] += 1
                documentsOfServer[server, default: [:]][stem, default: 0] += 1
            }
        }
    }

    /// BM25's inverse document frequency, never negative.
    func rarity(of stem: String) -> Double {
        let holding = Double(documents[stem] ?? 0)
        return logarithm(1 + (Double(count) - holding + 0.5) / (holding + 0.5))
    }

    /// Whether the word tells one tool of this server from another.
    func distinguishes(_ stem: String, in server: String) -> Bool {
        guard let total = tools[server], total > 1 else { return true }
        return (documentsOfServer[server]?[stem] ?? 0) < total
    }

    func isServerWord(_ stem: String, of server: String) -> Bool { serverWords[server]?.contains(stem) == true }

    /// The servers that the query calls by name.
    func servers(mentionedIn query: Query) -> Set<String> {
        let stems = Set(query.words.flatMap { $0.isQuoted ? [] : [$0.stem] + $0.parts.map(Stemmer.stem) })
        let said = Set(query.words.map(\.lower))
        let whole = Set(serverWords.keys.filter { said.contains($0.lowercased()) })
        if !whole.isEmpty { return whole }
        return Set(serverWords.filter { !$0.value.isDisjoint(with: stems) }.keys)
    }

    /// ln by atanh's series after scaling to [1, 2): the pure targets link no C library for it.
    private func logarithm(_ value: Double) -> Double {
        var mantissa = value
        var exponent = 0.0
        while mantissa >= 2 {
            mantissa /= 2
            exponent += 1
        }
        let ratio = (mantissa - 1) / (mantissa + 1)
        var term = ratio
        var sum = 0.0
        for step in stride(from: 1.0, through: 25.0, by: 2.0) {
            sum += term / step
            term *= ratio * ratio
        }
        return 2 * sum + exponent * 0.693_147_180_559_945_3
    }
}
