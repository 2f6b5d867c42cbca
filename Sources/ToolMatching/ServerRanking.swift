extension ToolMatcher {
    /// A server as far as it is known; its tools may never have been seen.
    public struct ServerCandidate: Hashable, Sendable {
        public var name: String
        /// The tools it last offered; nil when it never answered.
        public var tools: [Tool]?

        public init(name: String, tools: [Tool]? = nil) {
            self.name = name
            self.tools = tools
        }
    }

    /// A server that the query may mean.
    public struct RankedServer: Hashable, Sendable {
        /// Its position in the list that was ranked.
        public var index: Int
        public var name: String
        public var score: Double
    }

    /// The servers that the query speaks of, best first: by name, so that one never seen up is found all the same, then
    /// by the tools remembered of it. Servers that have nothing to do with the query are left out; ties go by name.
    public static func rankServers(_ query: String, servers: [ServerCandidate]) -> [RankedServer] {
        let words = Query(query).words
        let said = Set(words.map(\.lower))
        let stems = Set(words.flatMap { $0.isQuoted ? [] : [$0.stem] + $0.parts.map(Stemmer.stem) })
        let tools = servers.flatMap { server in
            (server.tools ?? []).map { tool in
                var tool = tool
                tool.server = server.name
                return tool
            }
        }
        var best: [String: Double] = [:]
        for ranked in rank(query, among: tools) where best[ranked.tool.server] == nil {
            best[ranked.tool.server] = ranked.score
        }
        let top = best.values.max() ?? 1
        return servers.enumerated().compactMap { index, server in
            let names = ServerName.stems(server.name)
            var score = Double(names.intersection(stems).count) / Double(max(1, names.count))
            if said.contains(server.name.lowercased()) { score += 1 }
            // A name outweighs every tool: tools are remembered, the name is what the user said.
            let total = score * 10 + (best[server.name] ?? 0) / max(top, 1e-9)
            return total > 0 ? RankedServer(index: index, name: server.name, score: total) : nil
        }.sorted { left, right in
            if left.score != right.score { return left.score > right.score }
            return (left.name, left.index) < (right.name, right.index)
        }
    }
}
