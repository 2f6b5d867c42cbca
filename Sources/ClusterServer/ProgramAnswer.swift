import HTTPServer
import JSON
import Simulation

/// What the program behind a Service says: an MCP server where it is asked like one, else a sign of life.
enum ProgramAnswer {
    static func of(_ request: ServerRequest, path: String, program: Program, service: String) -> ServerResponse {
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
            return ClusterHandler.json(400, failure(nil, -32700, "Parse error: \(error)"))
        }
        let catalogue = ToolCatalogue.of(program.answers.isEmpty ? service : program.answers)
        guard let id = message["id"], id != .null else { return ServerResponse(status: 202) }
        return ClusterHandler.json(200, answer(message, id, catalogue))
    }

    /// Source: https://modelcontextprotocol.io/specification/2025-06-18
    private static func answer(_ message: JSONValue, _ id: JSONValue, _ catalogue: ToolCatalogue) -> JSONValue {
        let parameters = message["params"] ?? [:]
        switch message["method"]?.stringValue {
        case "initialize":
            let wanted = parameters["protocolVersion"]?.stringValue ?? ""
            let version = versions.contains(wanted) ? wanted : versions[0]
            return result(
                id,
                [
                    "protocolVersion": .string(version), "capabilities": ["tools": [:]],
                    "serverInfo": ["name": .string(catalogue.name), "version": "1.0.0"],
                ])
        case "ping": return result(id, [:])
        case "tools/list": return result(id, ["tools": .array(catalogue.tools.map(\.description))])
        case "tools/call":
            let name = parameters["name"]?.stringValue ?? ""
            guard let tool = catalogue.tools.first(where: { $0.name == name }) else {
                return failure(id, -32602, "Unknown tool: \(name)")
            }
            let (value, isError) = tool.answer(parameters["arguments"] ?? [:])
            let text = String(decoding: value.rendered, as: UTF8.self)
            return result(id, ["content": [["type": "text", "text": .string(text)]], "isError": .bool(isError)])
        case let method: return failure(id, -32601, "Method not found: \(method ?? "")")
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
