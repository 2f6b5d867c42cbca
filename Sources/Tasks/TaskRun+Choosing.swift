import Incidents
import JSON
import ToolMatching
import ToolServers

/// The call a task has decided on.
struct ToolChoice {
    var server: ToolServer
    var tool: Tool
    var arguments: JSONValue
}

extension TaskRun {
    /// What a server says it offers, or why it says nothing.
    enum Listing: Sendable {
        case tools([Tool])
        case failure(ToolFailure)
    }

    /// Finds the tool for the query. The server that the query points at is asked first, and healed when it is down
    /// and nothing that is remembered of it fits; a server that is down and has nothing to do with the query is
    /// neither healed nor waited for beyond a bound.
    mutating func choose() async throws(TaskFailure) -> ToolChoice {
        if let servers = await flow.tools.serversAtHand(), let choice = await choose(atHand: servers) { return choice }
        let servers = await flow.tools.servers()
        guard !servers.isEmpty else { throw noServers }
        var known: [RememberedServer] = []
        for server in servers {
            known.append(RememberedServer(server: server, tools: await flow.tools.rememberedTools(of: server) ?? []))
        }
        let ranked = flow.matcher.rank(known, for: query)
        var listings: [String: Listing] = [:]
        if let first = ranked.first {
            let listing = try await listFirst(first, remembered: tools(of: first, in: known))
            listings[first.url] = listing
            if case .tools(let tools) = listing,
                case .call(let tool, let arguments) = flow.matcher.match(query, among: tools)
            {
                return ToolChoice(server: first, tool: tool, arguments: arguments)
            }
        }
        for (url, listing) in await list(servers.filter { listings[$0.url] == nil }) { listings[url] = listing }
        return try await choose(among: known, ranked: ranked, listings: listings)
    }

    /// The second look: at the tools of all servers that answer, then also at those remembered of the others that the
    /// query points at, and last at a server that the query names and of which nothing is known.
    private mutating func choose(
        among known: [RememberedServer], ranked: [ToolServer], listings: [String: Listing]
    ) async throws(TaskFailure) -> ToolChoice {
        var offers: [RememberedServer] = []
        for entry in known {
            guard case .tools(let tools) = listings[entry.server.url] else { continue }
            offers.append(RememberedServer(server: entry.server, tools: tools))
        }
        if let choice = choice(among: offers) { return choice }
        for entry in known where !offers.contains(where: { $0.server == entry.server }) {
            if ranked.contains(entry.server) { offers.append(entry) }
        }
        if let choice = choice(among: offers) { return choice }
        for server in ranked where tools(of: server, in: known).isEmpty {
            guard case .failure(let failure) = listings[server.url], failure.isOutage else { continue }
            try await heal(server, failure)
            let offer = RememberedServer(server: server, tools: try await listAfterHealing(server))
            if let choice = choice(among: [offer]) { return choice }
            offers.append(offer)
            break
        }
        switch flow.matcher.match(query, among: offers.flatMap(\.tools)) {
        case .missing(let tool, let missing, _): throw missingArguments(tool, missing)
        case .nothingFits(let possible): throw nothingFits(possible, listings.values)
        case .call(let tool, _): throw nothingFits([tool], listings.values)
        }
    }

    /// Before the cluster has been seen: a tool of a server that a person named, where one answers and has what the
    /// query asks for. Everything else can wait for the cluster.
    private func choose(atHand servers: [ToolServer]) async -> ToolChoice? {
        var offers: [RememberedServer] = []
        for (url, listing) in await list(servers) {
            guard case .tools(let tools) = listing, let server = servers.first(where: { $0.url == url }) else {
                continue
            }
            offers.append(RememberedServer(server: server, tools: tools))
        }
        return choice(among: offers)
    }

    private func choice(among offers: [RememberedServer]) -> ToolChoice? {
        guard case .call(let tool, let arguments) = flow.matcher.match(query, among: offers.flatMap(\.tools)),
            let offer = offers.first(where: { $0.server.name == tool.server && $0.tools.contains(tool) })
        else { return nil }
        return ToolChoice(server: offer.server, tool: tool, arguments: arguments)
    }

    /// The tools of the server that the query points at. Where it is down, what is remembered of it serves if the
    /// query fits it: the call then meets the outage. Otherwise, if the query names it, it is healed first.
    private mutating func listFirst(_ server: ToolServer, remembered: [Tool]) async throws(TaskFailure) -> Listing {
        let failure: ToolFailure
        switch await list(server) {
        case .tools(let tools): return .tools(tools)
        case .failure(let reason): failure = reason
        }
        guard failure.isOutage else { return .failure(failure) }
        if !remembered.isEmpty {
            switch flow.matcher.match(query, among: remembered) {
            case .call, .missing: return .tools(remembered)
            case .nothingFits: break
            }
        }
        guard flow.matcher.names(server, in: query) else { return .failure(failure) }
        try await heal(server, failure)
        return .tools(try await listAfterHealing(server))
    }

    private mutating func listAfterHealing(_ server: ToolServer) async throws(TaskFailure) -> [Tool] {
        while true {
            switch await list(server) {
            case .tools(let tools): return tools
            case .failure(let failure):
                guard failure.isOutage else {
                    throw TaskFailure(
                        message: "\(server.name) does not say which tools it has: \(failure.message.clipped)")
                }
                try await heal(server, failure)
            }
        }
    }

    private func list(_ server: ToolServer) async -> Listing {
        do {
            let tools = try await patiently("the tools of \(server.name)") { () async throws(ToolFailure) in
                try await flow.tools.tools(of: server)
            }
            flow.observer.serverSeen(server.name, isUp: true)
            return .tools(tools)
        } catch {
            if error.isOutage { flow.observer.serverSeen(server.name, isUp: false) }
            return .failure(error)
        }
    }

    /// The tools of several servers, each asked at the same time, as far as they answer within the bound.
    private func list(_ servers: [ToolServer]) async -> [(String, Listing)] {
        guard !servers.isEmpty else { return [] }
        let (tools, clock, bound) = (flow.tools, flow.clock, flow.limits.listing)
        var listings: [(String, Listing)] = []
        await withTaskGroup(of: (ToolServer, Listing)?.self) { group in
            for server in servers {
                group.addTask {
                    do throws(ToolFailure) {
                        return (server, .tools(try await tools.tools(of: server)))
                    } catch {
                        return (server, .failure(error))
                    }
                }
            }
            group.addTask {
                try? await clock.sleep(bound)  // cancelled when all have answered: nothing is left to bound
                return nil
            }
            while listings.count < servers.count, let answer = await group.next(), let (server, listing) = answer {
                listings.append((server.url, listing))
                switch listing {
                case .tools: flow.observer.serverSeen(server.name, isUp: true)
                case .failure(let failure):
                    if failure.isOutage { flow.observer.serverSeen(server.name, isUp: false) }
                }
            }
            group.cancelAll()
        }
        let silent = servers.filter { server in !listings.contains { $0.0 == server.url } }
        let failure = ToolFailure(kind: .timeout, message: "no list of tools within \(bound)")
        return listings + silent.map { ($0.url, .failure(failure)) }
    }

    private func tools(of server: ToolServer, in known: [RememberedServer]) -> [Tool] {
        known.first { $0.server == server }?.tools ?? []
    }
}
