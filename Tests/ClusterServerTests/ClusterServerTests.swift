import HTTPServer
import JSON
import Kubernetes
import Simulation
import Testing

@testable import ClusterServer

/// The simulated cluster as requests see it, without a socket: the handler is called as the server calls it.
struct ClusterServerTests {
    private func cluster() -> LiveCluster {
        var world = World(seed: 1)
        world.api.tokens["secret"] = .admin
        return LiveCluster(world: world, speed: 1, anonymous: .anonymous)
    }

    private func ask(
        _ cluster: LiveCluster, _ method: String, _ path: String, token: String? = "secret", body: JSONValue? = nil
    ) async throws -> (status: Int, body: JSONValue) {
        let headers = token.map { [(name: "Authorization", value: "Bearer " + $0)] } ?? []
        let request = ServerRequest(method: method, path: path, headers: headers, body: body?.rendered ?? [])
        guard case .later(let later) = ClusterHandler(cluster: cluster).respond(to: request) else {
            throw Unexpected()
        }
        let response = await later()
        guard case .bytes(let bytes) = response.body else { throw Unexpected() }
        return (response.status, try JSONValue(parsing: bytes))
    }

    @Test("an unknown token is refused, and nobody in particular may only look around")
    func tokens() async throws {
        let cluster = cluster()
        #expect(try await ask(cluster, "GET", "/api/v1/pods", token: "wrong").status == 401)
        #expect(try await ask(cluster, "GET", "/api/v1/pods", token: nil).status == 403)
        #expect(try await ask(cluster, "GET", "/api/v1/pods").status == 200)
    }

    @Test("what one request makes, the next one finds")
    func writes() async throws {
        let cluster = cluster()
        let made = try await ask(cluster, "POST", "/api/v1/namespaces", body: ["metadata": ["name": "a"]])
        #expect(made.status == 201)
        let found = try await ask(cluster, "GET", "/api/v1/namespaces/a/serviceaccounts/default")
        #expect(found.status == 200)
    }

    @Test("a tool server's tools can be listed and called, and an unknown one is an error")
    func tools() throws {
        func call(_ message: JSONValue) throws -> JSONValue {
            let request = ServerRequest(method: "POST", path: "/mcp", body: message.rendered)
            let answer = ProgramAnswer(catalogue: .of("sandfly-mcp-server"), service: "sandfly-mcp-server")
            let response = answer.response(to: request, path: "/mcp")
            guard case .bytes(let bytes) = response.body else { throw Unexpected() }
            return try JSONValue(parsing: bytes)
        }
        let list = try call(["jsonrpc": "2.0", "id": 1, "method": "tools/list"])
        #expect(list["result"]?["tools"]?[0]?["name"] == "list_hosts")
        let answer = try call([
            "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": ["name": "list_hosts"],
        ])
        #expect(answer["result"]?["isError"] == false)
        let tools = list["result"]?["tools"]?.arrayValue ?? []
        let alerts = try #require(tools.first { $0["name"] == "list_alerts" })
        #expect(alerts["inputSchema"]?["properties"]?["severity"]?["enum"] == ["low", "medium", "high"])
        let high = try call([
            "jsonrpc": "2.0", "id": 4, "method": "tools/call",
            "params": ["name": "list_alerts", "arguments": ["severity": "high"]],
        ])
        let shown = String(decoding: high.rendered, as: UTF8.self)
        #expect(shown.contains("deleted binary") && !shown.contains("Unusual cron"))
        let wrong = try call(["jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": ["name": "nope"]])
        #expect(wrong["error"]?["code"] == -32602)
    }

    private struct Unexpected: Error {}
}
