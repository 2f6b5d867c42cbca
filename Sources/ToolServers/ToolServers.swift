public import HTTPClient
public import JSON
import Logging
public import ToolMatching

/// The tool servers of a cluster: which there are, what they offer, and the calls to them.
public final class ToolServers: ToolCalling {
    private let directory: ToolServerDirectory
    private let client: MCPClient
    private let memory: ServerMemory
    private let toolMemory: any ToolMemory

    /// - Parameters:
    ///   - now: the clock by which lists expire and deadlines are kept.
    public init(
        directory: ToolServerDirectory, transport: any HTTPTransport, reach: any ServerReaching = DirectReach(),
        toolMemory: any ToolMemory = VolatileToolMemory(), limits: ToolLimits = ToolLimits(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.directory = directory
        self.toolMemory = toolMemory
        client = MCPClient(transport: transport, reach: reach, limits: limits, now: now)
        memory = ServerMemory(maximumServers: limits.maximumServers)
    }

    public func servers() async -> [ToolServer] { await directory.servers() }

    public func serversAtHand() async -> [ToolServer]? { await directory.serversAtHand() }

    public func rememberedTools(of server: ToolServer) async -> [Tool]? {
        if let tools = memory[server].tools { return tools }
        return await toolMemory.tools(of: server)
    }

    public func tools(of server: ToolServer) async throws(ToolFailure) -> [Tool] {
        let entry = memory[server]
        if let tools = entry.tools, let expires = entry.expires, client.now() < expires { return tools }
        let list = try await conversation(server, min(client.limits.listTimeout, client.limits.callTimeout)).list()
        let isNew = memory[server].tools != list.tools
        memory.update(server) { entry in
            entry.tools = list.tools
            entry.expires = client.now() + list.lifetime
        }
        if isNew { await toolMemory.remember(list.tools, of: server) }
        return list.tools
    }

    public func call(
        _ tool: Tool, arguments: JSONValue, on server: ToolServer
    ) async throws(ToolFailure) -> ToolAnswer {
        let arguments: JSONValue = arguments == .null ? [:] : arguments
        guard case .object = arguments else {
            throw ToolFailure(kind: .rejected, message: "the arguments of \(tool.name) must be an object")
        }
        do {
            let result = try await conversation(server, client.limits.callTimeout).call(tool, arguments)
            return try answer(result, of: tool, on: server)
        } catch {
            // The list that named this tool is out of date.
            if error.kind == .unknownTool { memory.update(server) { $0.expires = nil } }
            throw error
        }
    }

    /// One MCP exchange that proves that the server works: its tools, asked for anew, over a new session where it has
    /// sessions. Nothing is cached and nothing cached is used, except which dialect to try first.
    public func probe(_ server: ToolServer) async -> ToolFailure? {
        var conversation = conversation(server, client.limits.probeTimeout)
        conversation.remembers = false
        do {
            try await conversation.prove()
            return nil
        } catch {
            return error
        }
    }

    /// Forgets the session, the dialect and the cached list of a server, but not the tools it last offered.
    public func forget(_ server: ToolServer) {
        memory.update(server) { entry in
            entry.approach = nil
            entry.dialect = nil
            entry.expires = nil
        }
    }

    private func conversation(_ server: ToolServer, _ timeout: Duration) -> Conversation {
        Conversation(client: client, memory: memory, server: server, deadline: client.now() + timeout)
    }

    private func answer(_ result: JSONValue, of tool: Tool, on server: ToolServer) throws(ToolFailure) -> ToolAnswer {
        if let kind = result["resultType"]?.stringValue, kind != "complete" {
            throw ToolFailure(
                kind: .rejected,
                message: "\(tool.name) of \(server.name) asks for more (\(kind.prefix(40))), which Cortex cannot give")
        }
        if let content = result["content"]?.arrayValue {
            return ToolAnswer(
                content: content, structuredContent: result["structuredContent"],
                isError: result["isError"]?.boolValue ?? false)
        }
        if let structured = result["structuredContent"] {
            return ToolAnswer(
                content: [], structuredContent: structured, isError: result["isError"]?.boolValue ?? false)
        }
        guard memory[server].dialect == .plain else {
            throw ToolFailure(
                kind: .protocolError, message: "\(tool.name) of \(server.name) answered without content")
        }
        // The first version's servers answer with the bare result.
        return ToolAnswer(content: [], structuredContent: result)
    }
}
