import HTTPServer
import JSON

/// What the program behind a Service says: an MCP server where it is asked like one, else a sign of life.
struct ProgramAnswer {
    let catalogue: ToolCatalogue
    let service: String
    /// The one of the program's processes that was reached.
    var process = ""
    /// For a server of the older protocol, whose sessions live in its process; nil for one without sessions.
    var sessions: SessionBook?

    /// Whether a request makes the program do what it is for: an MCP server opens sessions and lists its tools also
    /// while its tools hang.
    static func isWork(_ request: ServerRequest) -> Bool {
        guard request.method == "POST" else { return false }
        // What is no JSON is for a program of another kind.
        let method = (try? JSONValue(parsing: request.body))?["method"]?.stringValue
        return method.map { $0 == "tools/call" } ?? true
    }

    func response(to request: ServerRequest, path: String) -> ServerResponse {
        guard request.method == "POST" else {
            if request.method == "GET", path.hasPrefix("/mcp") {
                // No stream of the server's own messages is offered.
                return ServerResponse(status: 405, headers: [("Allow", "POST")])
            }
            return ClusterHandler.json(200, ["status": "healthy", "service": .string(service)])
        }
        let message: JSONValue
        do {
            message = try JSONValue(parsing: request.body)
        } catch {
            return ClusterHandler.json(400, Self.failure(nil, -32700, "Parse error: \(error)"))
        }
        if let refusal = sessionRefusal(request, message) { return refusal }
        guard let id = message["id"], id != .null else { return ServerResponse(status: 202) }
        var response = ClusterHandler.json(200, answer(message, id))
        if let sessions, message["method"] == "initialize" {
            response.headers.append(("Mcp-Session-Id", sessions.open(in: process)))
        }
        return response
    }

    /// What a server with sessions says to a request outside one, or in one that another process opened.
    /// Source: `StreamableHTTPSessionManager` of the Python SDK 1.x.
    private func sessionRefusal(_ request: ServerRequest, _ message: JSONValue) -> ServerResponse? {
        guard let sessions, message["method"] != "initialize" else { return nil }
        guard let session = request.header("Mcp-Session-Id") else {
            return ClusterHandler.json(400, Self.failure("server-error", -32600, "Bad Request: Missing session ID"))
        }
        guard !sessions.holds(session, in: process) else { return nil }
        return ClusterHandler.json(404, Self.failure("server-error", -32600, "Session not found"))
    }

    /// Source: https://modelcontextprotocol.io/specification/2025-06-18
    private func answer(_ message: JSONValue, _ id: JSONValue) -> JSONValue {
        let parameters = message["params"] ?? [:]
        switch message["method"]?.stringValue {
        case "initialize":
            let wanted = parameters["protocolVersion"]?.stringValue ?? ""
            let version = Self.versions.contains(wanted) ? wanted : Self.versions[0]
            return Self.result(
                id,
                [
                    "protocolVersion": .string(version), "capabilities": ["tools": [:]],
                    "serverInfo": ["name": .string(catalogue.name), "version": "1.0.0"],
                ])
        case "ping": return Self.result(id, [:])
        case "tools/list": return Self.result(id, ["tools": .array(catalogue.tools.map(\.description))])
        case "tools/call":
            let name = parameters["name"]?.stringValue ?? ""
            guard let tool = catalogue.tools.first(where: { $0.name == name }) else {
                return Self.failure(id, -32602, "Unknown tool: \(name)")
            }
            let (value, isError) = tool.answer(parameters["arguments"] ?? [:])
            let text = String(decoding: value.rendered, as: UTF8.self)
            return Self.result(id, ["content": [["type": "text", "text": .string(text)]], "isError": .bool(isError)])
        case let method: return Self.failure(id, -32601, "Method not found: \(method ?? "")")
        }
    }

    private static let versions = ["2025-06-18", "2025-03-26", "2024-11-05", "2025-11-25"]

    private static func result(_ id: JSONValue, _ value: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id, "result": value]
    }

    private static func failure(_ id: JSONValue?, _ code: Int64, _ message: String) -> JSONValue {
        ["jsonrpc": "2.0", "id": id ?? .null, "error": ["code": .integer(code), "message": .string(message)]]
    }
}
