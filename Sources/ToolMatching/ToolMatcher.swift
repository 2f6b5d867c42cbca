import JSON

/// Finds the tool that a query asks for, without a model: BM25 over what the servers say of their tools, then the
/// tool's JSON Schema for the arguments. The same query and tools always give the same answer.
public enum ToolMatcher {
    /// A tool and how well it fits; comparable within one ranking only.
    public struct RankedTool: Hashable, Sendable {
        public var tool: Tool
        public var score: Double
    }

    static let maximumTools = 2000
    static let maximumPossible = 8

    /// The tool and its arguments, or what is missing, or what is possible.
    ///
    /// A tool that destroys (by its verb or its `destructiveHint`) is chosen only when the query commands that verb; a
    /// tool that changes something, only when the query says its verb.
    public static func match(_ query: String, among tools: [Tool]) -> ToolMatch {
        let candidates = candidates(Query(query), tools)
        guard let best = candidates.first(where: \.fits) else {
            return .nothingFits(possible: possible(candidates))
        }
        let arguments = JSONValue.object(best.filler.arguments)
        let missing = best.filler.missing
        if missing.isEmpty { return .call(best.profile.tool, arguments: arguments) }
        return .missing(
            best.profile.tool,
            missing.map { MissingArgument(name: $0.name, description: $0.description, choices: $0.choices) },
            arguments: arguments)
    }

    /// The tools that have anything to do with the query, best first; ties by server and name.
    public static func rank(_ query: String, among tools: [Tool]) -> [RankedTool] {
        candidates(Query(query), tools).filter { $0.isAllowed && $0.score > 0 }
            .map { RankedTool(tool: $0.profile.tool, score: $0.score) }
    }

    private static func candidates(_ query: Query, _ tools: [Tool]) -> [Candidate] {
        let profiles = tools.prefix(maximumTools).map(ToolProfile.init)
        let corpus = Corpus(profiles)
        let mentioned = corpus.servers(mentionedIn: query)
        return profiles.map { profile in
            Candidate(
                profile: profile, query: query, corpus: corpus,
                isElsewhere: !mentioned.isEmpty && !mentioned.contains(profile.tool.server))
        }.sorted()
    }

    /// What a person may try instead: nothing that changes or destroys, unless there is nothing else.
    private static func possible(_ candidates: [Candidate]) -> [Tool] {
        let safe = candidates.filter { ![.destroy, .change].contains($0.profile.intent) }
        return (safe.isEmpty ? candidates : safe).prefix(maximumPossible).map(\.profile.tool)
    }
}
