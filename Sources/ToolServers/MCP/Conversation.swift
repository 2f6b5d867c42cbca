import JSON
import ToolMatching

/// One purpose with one server (a list, a call, a probe), from finding its dialect to the answer.
struct Conversation: Sendable {
    let client: MCPClient
    let memory: ServerMemory
    let server: ToolServer
    let deadline: ContinuousClock.Instant
    /// A probe leaves nothing behind.
    var remembers = true

    private func channel(_ approach: Approach, _ dialect: Dialect) -> MCPClient.Channel {
        MCPClient.Channel(server: server, url: approach.url, dialect: dialect, deadline: deadline)
    }

    // MARK: Lists

    /// The server's tools, freshly. In a known dialect where there is one; else the dialect is found on the way.
    func list() async throws(ToolFailure) -> ToolList {
        let entry = memory[server]
        if remembers, let approach = entry.approach, let dialect = entry.dialect {
            let (reply, used) = try await inSessions(approach, dialect) { channel throws(ToolFailure) in
                try await client.send(.listTools(id: memory.nextID(), cursor: nil), on: channel)
            }
            if case .result(let page, _) = reply { return try await pages(after: page, channel(approach, used)) }
            guard reply.isDialectRefused else { throw failure(of: reply) }
            forgetDialect()
        }
        let (page, approach, dialect) = try await negotiate()
        return try await pages(after: page, channel(approach, dialect))
    }

    /// A fresh list, over a new session where the server has sessions.
    ///
    /// The session is left to the server's own idle limit: ending one by DELETE stops the whole server in early
    /// releases of the official SDK (seen with 1.9.4), and a proof must not be what breaks the thing proven.
    func prove() async throws(ToolFailure) {
        let (page, _, _) = try await negotiate()
        var list = ToolList(server: server.name, limits: client.limits)
        try list.add(page)
    }

    private func pages(after first: JSONValue, _ channel: MCPClient.Channel) async throws(ToolFailure) -> ToolList {
        var list = ToolList(server: server.name, limits: client.limits)
        try list.add(first)
        while let cursor = list.cursor {
            let request = MCPRequest.listTools(id: memory.nextID(), cursor: cursor)
            let reply = try await client.send(request, on: channel)
            guard case .result(let page, _) = reply else { throw failure(of: reply) }
            try list.add(page)
        }
        return list
    }

    // MARK: Calls

    /// Calls a tool once: it is sent again only after an answer that proves that the server did nothing.
    func call(_ tool: Tool, _ arguments: JSONValue) async throws(ToolFailure) -> JSONValue {
        let entry = memory[server]
        var known: (Approach, Dialect)?
        if let approach = entry.approach, let dialect = entry.dialect { known = (approach, dialect) }
        var isFresh = false
        while true {
            if known == nil {
                let (_, approach, dialect) = try await negotiate()
                known = (approach, dialect)
                isFresh = true
            }
            guard let (approach, dialect) = known else { continue }
            let (reply, _) = try await inSessions(approach, dialect) { channel throws(ToolFailure) in
                try await client.send(request(tool, arguments), on: channel)
            }
            if case .result(let result, _) = reply { return result }
            guard reply.isDialectRefused else { throw failure(of: reply) }
            forgetDialect()
            guard !isFresh else { throw failure(of: reply) }
            known = nil
        }
    }

    private func request(_ tool: Tool, _ arguments: JSONValue) -> MCPRequest {
        MCPRequest(
            id: memory.nextID(), method: "tools/call",
            parameters: ["name": .string(tool.name), "arguments": arguments], name: tool.name,
            parameterHeaders: HeaderValue.parameters(schema: tool.inputSchema, arguments: arguments))
    }

    // MARK: Sessions

    /// Sends in the session given, and in a new one each time the server has lost it.
    private func inSessions(
        _ approach: Approach, _ dialect: Dialect,
        _ send: (MCPClient.Channel) async throws(ToolFailure) -> Reply
    ) async throws(ToolFailure) -> (Reply, Dialect) {
        var dialect = dialect
        for attempt in 1... {
            let reply = try await send(channel(approach, dialect))
            guard case .session = dialect, reply.isSessionLost, attempt < client.limits.maximumSessions else {
                return (reply, dialect)
            }
            switch try await openSession(approach) {
            case .opened(let new):
                dialect = new
                remember(approach, new)
            case .refused(let reply): return (reply, dialect)
            }
        }
        preconditionFailure("the loop above returns")
    }

    private enum Opening {
        case opened(Dialect)
        case refused(Reply)
    }

    private func openSession(_ approach: Approach) async throws(ToolFailure) -> Opening {
        var lastReply: Reply?
        for _ in 0..<client.limits.maximumSessions {
            let handshake = channel(approach, .session(version: ProtocolVersion.newestSession, id: nil))
            let reply = try await client.send(.initialize(id: memory.nextID()), on: handshake)
            guard case .result(let result, let id) = reply, let version = result["protocolVersion"]?.stringValue else {
                return .refused(reply)
            }
            guard ProtocolVersion.sessions.contains(version) else {
                throw ToolFailure(
                    kind: .rejected, message: "\(server.name) speaks only MCP \(version.prefix(40)) in sessions")
            }
            let dialect = Dialect.session(version: version, id: id)
            let ready = try await client.send(
                MCPRequest(method: "notifications/initialized"), on: channel(approach, dialect))
            // Another replica got the notification: this session never opened.
            guard ready.isSessionLost else { return .opened(dialect) }
            lastReply = ready
        }
        return lastReply.map { .refused($0) } ?? .refused(.result(.null, session: nil))
    }

    // MARK: Negotiation

    private func negotiate() async throws(ToolFailure) -> (page: JSONValue, Approach, Dialect) {
        var negotiation = Negotiation(server: server, known: memory[server].approach)
        var step = negotiation.next()
        while true {
            switch step {
            case .giveUp(let failure):
                if remembers { forgetDialect() }
                throw failure
            case .attempt(let approach):
                let (reply, dialect) = try await attempt(approach)
                if case .result(let page, _) = reply, page["tools"]?.arrayValue != nil, let dialect {
                    if remembers { remember(approach, dialect) }
                    return (page, approach, dialect)
                }
                step = negotiation.refused(approach, reply)
            }
        }
    }

    private func attempt(_ approach: Approach) async throws(ToolFailure) -> (Reply, Dialect?) {
        let dialect: Dialect
        switch approach.kind {
        case .stateless: dialect = .stateless
        case .plain: dialect = .plain
        case .session:
            switch try await openSession(approach) {
            case .opened(let opened): dialect = opened
            case .refused(let reply): return (reply, nil)
            }
        }
        let (reply, used) = try await inSessions(approach, dialect) { channel throws(ToolFailure) in
            try await client.send(.listTools(id: memory.nextID(), cursor: nil), on: channel)
        }
        return (reply, used)
    }

    private func remember(_ approach: Approach, _ dialect: Dialect) {
        guard remembers else { return }
        memory.update(server) { entry in
            entry.approach = approach
            entry.dialect = dialect
        }
    }

    private func forgetDialect() {
        memory.update(server) { $0.dialect = nil }
    }

    private func failure(of reply: Reply) -> ToolFailure {
        switch reply {
        case .result: ToolFailure(kind: .protocolError, message: "\(server.name) answered something else")
        case .error(let error, _): ToolFailure(error, server: server)
        case .refused(let status, let body, _, let way):
            ToolFailure(status: status, body: body, server: server, way: way)
        }
    }
}
