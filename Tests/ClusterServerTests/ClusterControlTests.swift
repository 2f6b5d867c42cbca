import FoundationEssentials
import Glibc
import HTTPClient
import HTTPServer
import JSON
import Kubernetes
import Simulation
import Synchronization
import Testing

@testable import ClusterServer

@Suite("What the simulated cluster's administrator may do to it, and what is written down of everybody")
struct ClusterControlTests {
    private func cluster() -> LiveCluster {
        var world = Homelab(services: []).world(seed: 1)
        world.api.tokens["somebody"] = .serviceAccount("default", "default")
        world.step(until: 1)
        return LiveCluster(world: world, speed: 1, anonymous: .admin)
    }

    private func ask(
        _ handler: ClusterHandler, _ method: String, _ path: String, token: String? = nil, body: JSONValue? = nil
    ) async throws -> Int {
        let headers = token.map { [(name: "Authorization", value: "Bearer " + $0)] } ?? []
        let request = ServerRequest(method: method, path: path, headers: headers, body: body?.rendered ?? [])
        guard case .later(let later) = handler.respond(to: request) else { throw Unexpected() }
        return await later().status
    }

    @Test("the administrator restarts the API server and lets pods hang, nobody else does, and the rest is not there")
    func controls() async throws {
        let restarts = Counter()
        var handler = ClusterHandler(cluster: cluster())
        handler.restart = { restarts.value.withLock { $0 += 1 } }
        #expect(try await ask(handler, "POST", "/simulation/restart", token: "somebody") == 403)
        #expect(try await ask(handler, "GET", "/simulation/restart") == 404)
        #expect(try await ask(handler, "POST", "/simulation/hang/default/nobody") == 404)
        #expect(try await ask(handler, "POST", "/simulation/explode") == 404)
        #expect(restarts.value.withLock { $0 } == 0)
        #expect(try await ask(handler, "POST", "/simulation/restart") == 202)
        #expect(restarts.value.withLock { $0 } == 1)
    }

    @Test("a fault of the catalogue is brought about at a workload, with parameters; what is none is refused")
    func faults() async throws {
        let lab = Homelab.uniform(services: 1, replicas: 2)
        var world = lab.world(seed: 1)
        world.step(until: 20)
        let live = LiveCluster(world: world, speed: 1, anonymous: .admin)
        let handler = ClusterHandler(cluster: live)
        let service = lab.services[0]
        let place = "\(service.namespace)/\(service.name)"
        let image = "/simulation/fault/image-not-found/\(place)"
        #expect(try await ask(handler, "POST", "/simulation/fault/no-such/\(place)") == 404)
        #expect(try await ask(handler, "POST", "/simulation/fault/image-not-found/\(service.namespace)/nobody") == 404)
        #expect(try await ask(handler, "POST", image, body: ["a", "b"]) == 400)
        #expect(try await ask(handler, "POST", image, body: ["memory": "8Mi"]) == 400)
        #expect(try await ask(handler, "POST", image, body: ["image": "other:1"]) == 202)
        let template = live.withWorld {
            $0.find(service.resource, service.namespace, service.name)?["spec"]?["template"]?["spec"]?["containers"]
        }
        #expect(template?[0]?["image"] == "other:1")
        #expect(try await ask(handler, "POST", "/simulation/fault/control-plane-gone/\(place)") == 202)
        #expect(try await ask(handler, "GET", "/api/v1/namespaces") == 503)
    }

    @Test("a restarted API server answers at the same place and has lost nothing")
    func restart() async throws {
        let world = Homelab(services: []).world(seed: 1)
        let server = ClusterServer(world: world)
        let url = "http://127.0.0.1:\(try server.start(address: "127.0.0.1", port: 0))/api/v1/namespaces"
        let client = CurlTransport()
        let body: JSONValue = ["metadata": ["name": "a"]]
        let made = HTTPRequest(
            method: "POST", url: url, headers: [("Content-Type", "application/json")], body: Data(body.rendered),
            timeout: .seconds(300))
        #expect(try await client.send(made).status == 201)
        await server.restart()
        #expect(
            try await client.send(HTTPRequest(method: "GET", url: url + "/a", timeout: .seconds(300))).status == 200)
        await server.stop()
    }

    @Test("each request is in the audit log before its answer is out: who, what, and what became of it")
    func audit() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/audit-\(UInt64.random(in: 0 ... .max))"
        defer { unlink(path) }
        let log: AuditLog = try #require(AuditLog(path: path))
        var handler = ClusterHandler(cluster: cluster())
        handler.audit = log
        _ = try await ask(handler, "GET", "/api/v1/namespaces/default/pods", token: "somebody")
        _ = try await ask(handler, "GET", "/version")
        _ = try await ask(handler, "POST", "/api/v1/namespaces", body: ["metadata": ["name": "a"]])
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let lines = try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(lines.map { $0["verb"] } == ["list", "create"], "what is no object's is left out")
        #expect(lines.first?["user"]?["username"] == "system:serviceaccount:default:default")
        #expect(lines.first?["responseStatus"]?["code"] == 403)
        #expect(
            lines.first?["objectRef"] == ["resource": "pods", "apiVersion": "v1", "namespace": "default"])
        #expect(lines.last?["objectRef"]?["name"] == "a" && lines.last?["responseStatus"]?["code"] == 201)
    }

    @Test("a session of the older protocol lives in the process that opened it")
    func sessions() throws {
        let book = SessionBook()
        func post(_ method: JSONValue, _ process: String, session: String? = nil) -> ServerResponse {
            let message: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": method]
            let headers = session.map { [(name: "Mcp-Session-Id", value: $0)] } ?? []
            let answer = ProgramAnswer(catalogue: .of("sandfly"), service: "s", process: process, sessions: book)
            let request = ServerRequest(method: "POST", path: "/mcp", headers: headers, body: message.rendered)
            return answer.response(to: request, path: "/mcp")
        }
        let opened = post("initialize", "first")
        let session = try #require(opened.headers.first { $0.name == "Mcp-Session-Id" }?.value)
        #expect(post("tools/list", "first", session: session).status == 200)
        #expect(post("tools/list", "second", session: session).status == 404)
        #expect(post("tools/list", "first").status == 400)
    }

    @Test(
        "a tool call is work, and so is what another program is sent; what only looks is not",
        arguments: [
            ("POST", #"{"method":"tools/call"}"#, true), ("POST", #"{"method":"tools/list"}"#, false),
            ("POST", "a=b", true), ("GET", "", false),
        ])
    func work(method: String, body: String, isWork: Bool) {
        let request = ServerRequest(method: method, path: "/mcp", body: Array(body.utf8))
        #expect(ProgramAnswer.isWork(request) == isWork)
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    private struct Unexpected: Error {}
}
