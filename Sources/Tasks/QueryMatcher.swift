import JSON
import Synchronization
import ToolMatching
import ToolServers

/// Finds what a query means, and remembers the last answers: the same query over the same tools is asked again and
/// again by whoever polls, and matching costs more than the rest of such a request.
final class QueryMatcher: Sendable {
    private struct Ranking {
        var servers: [RememberedServer]
        var answer: [ToolServer]
    }

    private struct Match {
        var tools: [Tool]
        var answer: ToolMatch
    }

    private struct State {
        var rankings: [String: Ranking] = [:]
        var matches: [String: Match] = [:]
    }

    private static let maximumRemembered = 256
    private let state = Mutex(State())

    /// The servers that the query points at, by their names or by the tools they are remembered to offer, best first.
    func rank(_ servers: [RememberedServer], for query: String) -> [ToolServer] {
        // Comparing with what is remembered is cheap: unchanged lists of tools share their storage.
        if let known = state.withLock({ $0.rankings[query] }), known.servers == servers { return known.answer }
        let candidates = servers.map { entry in
            ToolMatcher.ServerCandidate(name: entry.server.name, tools: entry.tools.isEmpty ? nil : entry.tools)
        }
        let answer = ToolMatcher.rankServers(query, servers: candidates).map { servers[$0.index].server }
        state.withLock { state in
            if state.rankings.count >= Self.maximumRemembered { state.rankings = [:] }
            state.rankings[query] = Ranking(servers: servers, answer: answer)
        }
        return answer
    }

    /// Whether the query says the server's name.
    func names(_ server: ToolServer, in query: String) -> Bool {
        !ToolMatcher.rankServers(query, servers: [ToolMatcher.ServerCandidate(name: server.name)]).isEmpty
    }

    /// The tool that the query asks for, with its arguments.
    func match(_ query: String, among tools: [Tool]) -> ToolMatch {
        if let known = state.withLock({ $0.matches[query] }), known.tools == tools { return known.answer }
        let answer = ToolMatcher.match(query, among: tools)
        state.withLock { state in
            if state.matches.count >= Self.maximumRemembered { state.matches = [:] }
            state.matches[query] = Match(tools: tools, answer: answer)
        }
        return answer
    }
}
