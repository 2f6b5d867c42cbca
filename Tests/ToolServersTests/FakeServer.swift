import HTTPClient
import JSON
import Synchronization

@testable import ToolServers

/// A tool server of one generation, as its specification has it; its replicas do not share their sessions.
final class FakeServer: Sendable {
    enum Generation: String, Sendable, CaseIterable {
        case stateless, session2025November, session2025June, session2025March, sessionless, plain

        var version: String {
            switch self {
            case .session2025November, .sessionless: "2025-11-25"
            case .session2025June: "2025-06-18"
            case .session2025March: "2025-03-26"
            case .stateless, .plain: ""
            }
        }
    }

    struct State: Sendable {
        var generation: Generation
        /// Sessions by replica.
        var sessions: [Set<String>]
        var ready: Set<String> = []
        var opened = 0
        var requests = 0
        var executions = 0
    }

    let state: Mutex<State>
    let result: JSONValue
    let listing: JSONValue

    init(
        _ generation: Generation, replicas: Int = 1,
        result: JSONValue = ["content": [["type": "text", "text": "done"]]],
        listing: JSONValue = ["tools": [["name": "list_hosts", "description": "List hosts."]]]
    ) {
        state = Mutex(State(generation: generation, sessions: Array(repeating: [], count: replicas)))
        self.result = result
        self.listing = listing
    }

    var executions: Int { state.withLock(\.executions) }

    /// Every replica forgets its sessions, as when its pod is replaced.
    func restart() {
        state.withLock { state in state.sessions = state.sessions.map { _ in [] } }
    }

    func become(_ generation: Generation) { state.withLock { $0.generation = generation } }

    func answer(_ sent: ScriptedTransport.Sent) -> ScriptedTransport.Answer {
        state.withLock { state in
            state.requests += 1
            let isRoot = URLParts(sent.request.url)?.path == "/"
            switch state.generation {
            case .plain:
                return isRoot ? perform(sent, &state) : .text("Cannot POST", status: 404, type: "text/html")
            case .stateless: return stateless(sent, &state)
            default: return session(sent, &state)
            }
        }
    }

    private func stateless(_ sent: ScriptedTransport.Sent, _ state: inout State) -> ScriptedTransport.Answer {
        let id = sent.body["id"]
        guard sent.header("MCP-Protocol-Version") == "2026-07-28" else {
            return .error(id, -32022, "Unsupported protocol version", status: 400)
        }
        let meta = sent.body["params"]?["_meta"]
        guard meta?["io.modelcontextprotocol/protocolVersion"] == "2026-07-28",
            meta?["io.modelcontextprotocol/clientCapabilities"] != nil
        else { return .error(id, -32602, "_meta is missing", status: 400) }
        guard sent.header("Mcp-Method") == sent.method,
            sent.method != "tools/call" || sent.header("Mcp-Name") == sent.body["params"]?["name"]?.stringValue
        else { return .error(id, -32020, "headers do not match", status: 400) }
        return perform(sent, &state)
    }

    private func session(_ sent: ScriptedTransport.Sent, _ state: inout State) -> ScriptedTransport.Answer {
        let id = sent.body["id"]
        // A connection stays with its replica for a few requests.
        let replica = state.requests / 4 % state.sessions.count
        let version = state.generation.version
        if let named = sent.header("MCP-Protocol-Version"), named != version {
            return .error("server-error", -32600, "Bad Request: Unsupported protocol version", status: 400)
        }
        if sent.method == "initialize" {
            state.opened += 1
            let result: JSONValue = [
                "protocolVersion": .string(version), "capabilities": [:], "serverInfo": ["name": "s", "version": "1"],
            ]
            if state.generation == .sessionless { return .result(id, result) }
            let session = "session-\(state.opened)"
            state.sessions[replica].insert(session)
            return .result(id, result).with("Mcp-Session-Id", session)
        }
        if state.generation != .sessionless {
            guard let session = sent.header("Mcp-Session-Id") else {
                return .error("server-error", -32600, "Bad Request: Missing session ID", status: 400)
            }
            guard state.sessions[replica].contains(session) else {
                return .error("server-error", -32600, "Session not found", status: 404)
            }
            if sent.method == "notifications/initialized" {
                state.ready.insert(session)
                return .text("", status: 202)
            }
            guard state.ready.contains(session) else { return .error(id, -32602, "not initialized") }
        } else if sent.method == "notifications/initialized" {
            return .text("", status: 202)
        }
        return perform(sent, &state)
    }

    private func perform(_ sent: ScriptedTransport.Sent, _ state: inout State) -> ScriptedTransport.Answer {
        let id = sent.body["id"]
        switch sent.method {
        case "tools/list": return .result(id, listing)
        case "tools/call":
            state.executions += 1
            return .result(id, result)
        default: return .error(id, -32601, "Method not found", status: state.generation == .stateless ? 404 : 200)
        }
    }
}
