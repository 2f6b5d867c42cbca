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
        var body = parameters
        var headers: [(name: String, value: String)] = [
            ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
        ]
        switch dialect {
        case .stateless:
            body["_meta"] = [
                "io.modelcontextprotocol/protocolVersion": .string(ProtocolVersion.stateless),
                "io.modelcontextprotocol/clientInfo": Self.clientInfo,
                "io.modelcontextprotocol/clientCapabilities": [:],
            ]
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
            Self.encode(id: id, method: method, parameters: body), headers, url: url, limits: limits,
            timeout: timeout)
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

    private static func encode(id: Int64?, method: String, parameters: [String: JSONValue]) -> Data {
        var message: [String: JSONValue] = ["jsonrpc": "2.0", "method": .string(method)]
        if let id { message["id"] = .integer(id) }
        if !parameters.isEmpty { message["params"] = .object(parameters) }
        return Data(JSONValue.object(message).rendered)
    }
}
