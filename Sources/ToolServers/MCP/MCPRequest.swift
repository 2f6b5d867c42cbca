import FoundationEssentials
import HTTPClient
import JSON

/// One JSON-RPC message to a server, and how each dialect puts it on the wire.
struct MCPRequest: Sendable {
    /// Nil for a notification.
    var id: Int64?
    var method: String
    var parameters: [String: JSONValue] = [:]
    /// The value of `Mcp-Name`: the tool's name for `tools/call`.
    var name: String?
    /// The `Mcp-Param-…` headers of a call.
    var parameterHeaders: [(name: String, value: String)] = []

    /// Who asks, as every version wants to know.
    static let clientInfo: JSONValue = ["name": "cortex", "version": "1.0.0"]

    func http(url: String, dialect: Dialect, limits: ToolLimits, timeout: Duration) -> HTTPRequest {
        var hasMetadata = false
        var headers: [(name: String, value: String)] = [
            ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
        ]
        switch dialect {
        case .stateless:
            hasMetadata = true
            headers.append(("MCP-Protocol-Version", ProtocolVersion.stateless))
            headers.append(("Mcp-Method", method))
            if let name { headers.append(("Mcp-Name", HeaderValue.encode(name))) }
            headers += parameterHeaders
        case .session(let version, let session):
            if let session { headers.append(("Mcp-Session-Id", session)) }
            if method != "initialize", ProtocolVersion.namesItself(version) {
                headers.append(("MCP-Protocol-Version", version))
            }
        case .plain: break
        }
        return Self.post(
            encode(withMetadata: hasMetadata), headers, url: url, limits: limits, timeout: timeout)
    }

    static func initialize(id: Int64) -> MCPRequest {
        MCPRequest(
            id: id, method: "initialize",
            parameters: [
                "protocolVersion": .string(ProtocolVersion.newestSession), "capabilities": [:],
                "clientInfo": clientInfo,
            ])
    }

    static func listTools(id: Int64, cursor: String?) -> MCPRequest {
        MCPRequest(id: id, method: "tools/list", parameters: cursor.map { ["cursor": .string($0)] } ?? [:])
    }

    /// Answers a question of the server: a ping with nothing, anything else with a refusal.
    static func reply(
        to id: RPCID, method: String, url: String, dialect: Dialect, limits: ToolLimits
    ) -> HTTPRequest {
        var message: [String: JSONValue] = ["jsonrpc": "2.0", "id": id.json]
        if method == "ping" {
            message["result"] = [:]
        } else {
            message["error"] = [
                "code": .integer(Int64(RPCError.methodNotFound)), "message": "Cortex offers no such capability",
            ]
        }
        var headers: [(name: String, value: String)] = [
            ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
        ]
        if case .session(let version, let session) = dialect {
            if let session { headers.append(("Mcp-Session-Id", session)) }
            if ProtocolVersion.namesItself(version) { headers.append(("MCP-Protocol-Version", version)) }
        }
        return post(
            Data(JSONValue.object(message).rendered), headers, url: url, limits: limits, timeout: limits.replyTimeout)
    }

    private static func post(
        _ body: Data, _ headers: [(name: String, value: String)], url: String, limits: ToolLimits, timeout: Duration
    ) -> HTTPRequest {
        HTTPRequest(
            method: "POST", url: url, headers: headers, body: body, connectTimeout: limits.connectTimeout,
            timeout: timeout, maximumBodyBytes: limits.maximumAnswerBytes)
    }

    private func encode(withMetadata hasMetadata: Bool) -> Data {
        var json = JSONWriter(reserving: 512)
        json.beginObject()
        json.field("jsonrpc", "2.0")
        if let id { json.field("id", Int(id)) }
        json.field("method", method)
        if hasMetadata || !parameters.isEmpty {
            json.key("params")
            json.beginObject()
            if hasMetadata {
                json.key("_meta")
                json.write(rendered: Self.metadata)
            }
            for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { json.field(name, value) }
            json.endObject()
        }
        json.endObject()
        return Data(json.bytes)
    }

    /// What 2026-07-28 wants with every request, as JSON; the same each time.
    private static let metadata = JSONValue.object([
        "io.modelcontextprotocol/protocolVersion": .string(ProtocolVersion.stateless),
        "io.modelcontextprotocol/clientInfo": clientInfo,
        "io.modelcontextprotocol/clientCapabilities": [:],
    ]).rendered
}
