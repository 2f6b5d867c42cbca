import JSON
import Synchronization
import ToolMatching
import ToolServers

/// Tool servers that are up or down as the test says.
final class FakeTools: ToolCalling {
    struct Server {
        var tools: [Tool]
        /// How it fails; nil when it is up.
        var failure: ToolFailure?
        var isRemembered = false
        /// Never answers a question for its tools, until it is cancelled.
        var hangs = false
    }

    struct State {
        var servers: [ToolServer: Server] = [:]
        var calls: [String] = []
        var lists: [String] = []
        /// What the next calls do instead of answering, first to last.
        var failures: [ToolFailure] = []
        /// What is known before the cluster was seen; nil when it has been.
        var atHand: [ToolServer]?
        var answer = ToolAnswer(content: [["type": "text", "text": "pve-01"]])
    }

    let state = Mutex(State())
    /// Runs at the beginning of each call.
    let onCall: @Sendable () async -> Void
    /// What the first look at the cluster takes.
    let onLook: @Sendable () async -> Void

    init(
        onCall: @escaping @Sendable () async -> Void = {}, onLook: @escaping @Sendable () async -> Void = {}
    ) {
        self.onCall = onCall
        self.onLook = onLook
    }

    @discardableResult
    func add(
        _ name: String, _ tools: [Tool], down: ToolFailure.Kind? = nil, remembered: Bool = false, hangs: Bool = false
    ) -> ToolServer {
        let server = ToolServer(name: name, namespace: "cortex-system", url: "http://\(name):3000/mcp")
        let failure = down.map { ToolFailure(kind: $0, message: "\(name): \($0)") }
        state.withLock {
            $0.servers[server] = Server(tools: tools, failure: failure, isRemembered: remembered, hangs: hangs)
        }
        return server
    }

    func bringUp(_ name: String) {
        state.withLock { state in
            for server in state.servers.keys where server.name == name { state.servers[server]?.failure = nil }
        }
    }

    func failNext(_ kinds: ToolFailure.Kind...) {
        state.withLock { $0.failures += kinds.map { ToolFailure(kind: $0, message: "it failed: \($0)") } }
    }

    var calls: [String] { state.withLock { $0.calls } }

    func servers() async -> [ToolServer] {
        await onLook()
        return state.withLock { $0.servers.keys.sorted { $0.name < $1.name } }
    }

    func serversAtHand() async -> [ToolServer]? { state.withLock { $0.atHand } }

    func rememberedTools(of server: ToolServer) async -> [Tool]? {
        state.withLock { state in
            guard let entry = state.servers[server], entry.isRemembered || entry.failure == nil, !entry.hangs else {
                return nil
            }
            return entry.tools
        }
    }

    func tools(of server: ToolServer) async throws(ToolFailure) -> [Tool] {
        let entry = state.withLock { state in
            state.lists.append(server.name)
            return state.servers[server]
        }
        guard let entry else { throw ToolFailure(kind: .nameNotFound, message: "no such server") }
        if entry.hangs {
            try? await Task.sleep(for: .seconds(3600))  // ends by cancellation only
            throw ToolFailure(kind: .cancelled, message: "cancelled")
        }
        if let failure = entry.failure { throw failure }
        return entry.tools
    }

    func call(_ tool: Tool, arguments: JSONValue, on server: ToolServer) async throws(ToolFailure) -> ToolAnswer {
        await onCall()
        let result: Result<ToolAnswer, ToolFailure> = state.withLock { state in
            state.calls.append("\(server.name)/\(tool.name) \(String(decoding: arguments.rendered, as: UTF8.self))")
            if let failure = state.servers[server]?.failure { return .failure(failure) }
            if !state.failures.isEmpty { return .failure(state.failures.removeFirst()) }
            return .success(state.answer)
        }
        return try result.get()
    }

    func probe(_ server: ToolServer) async -> ToolFailure? { state.withLock { $0.servers[server]?.failure } }
}

extension Tool {
    static let listHosts = Tool(
        server: "sandfly-mcp-server", name: "list_hosts", description: "List the hosts that Sandfly watches")
    static let deleteHost = Tool(
        server: "sandfly-mcp-server", name: "delete_host", description: "Delete a host from Sandfly",
        inputSchema: [
            "type": "object", "properties": ["hostname": ["type": "string"]], "required": ["hostname"],
        ])
    static let getHost = Tool(
        server: "sandfly-mcp-server", name: "get_host", description: "Show one host",
        inputSchema: [
            "type": "object", "properties": ["hostname": ["type": "string"]], "required": ["hostname"],
        ])
    static let listMachines = Tool(
        server: "proxmox-mcp-server", name: "list_machines", description: "List virtual machines of Proxmox")
    static let listAlerts = Tool(server: "sandfly-mcp-server", name: "list_alerts", description: "List security alerts")
    static let sandfly = [listHosts, getHost, deleteHost, listAlerts]
}
