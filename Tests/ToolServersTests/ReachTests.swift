import HTTPClient
import JSON
import Kubernetes
import Synchronization
import Testing
import ToolMatching

@testable import ToolServers

@Suite("The way to a tool server")
struct ReachTests {
    static let base = HTTPRequest(method: "POST", url: Fixture.server.url)

    static func reach(
        _ mode: ServiceReach.Mode, inside: Bool = false, services: [Service]?,
        connect: HTTPFailure.Kind? = nil
    ) -> ServiceReach {
        let transport = ScriptedTransport { _ throws(HTTPFailure) in
            if let connect { throw HTTPFailure(kind: connect, message: "no", mayHaveBeenSent: false) }
            return .text("", status: 404)
        }
        return ServiceReach(mode: mode, isInCluster: inside, transport: transport, services: { services }) {
            service, namespace, port, path, request in
            var request = request
            request.url = "https://api/\(namespace)/\(service):\(port)\(path)"
            return request
        }
    }

    struct Case: Sendable {
        var mode: ServiceReach.Mode
        var isInside = false
        var connect: HTTPFailure.Kind?
        var way: ServerWay
        var url: String
    }

    static let byName = Fixture.server.url
    static let byAddress = "http://10.43.0.9:3000/mcp"
    static let byProxy = "https://api/cortex-system/sandfly-mcp-server:3000/mcp"

    @Test(
        "by name inside; outside by cluster IP where it connects, else through the API server",
        arguments: [
            Case(mode: .auto, isInside: true, way: .direct, url: byName),
            Case(mode: .dns, way: .direct, url: byName),
            Case(mode: .clusterIP, way: .clusterIP, url: byAddress),
            Case(mode: .apiProxy, way: .apiProxy, url: byProxy),
            Case(mode: .auto, way: .clusterIP, url: byAddress),
            Case(mode: .auto, connect: .timeout, way: .clusterIP, url: byAddress),
            Case(mode: .auto, connect: .connectTimeout, way: .apiProxy, url: byProxy),
            Case(mode: .auto, connect: .unreachable, way: .apiProxy, url: byProxy),
            Case(mode: .auto, connect: .connectionRefused, way: .apiProxy, url: byProxy),
        ])
    func ways(_ item: Case) async throws {
        let service = try DirectoryTests.service("sandfly-mcp-server")
        let reach = Self.reach(item.mode, inside: item.isInside, services: [service], connect: item.connect)
        let (request, way) = try await reach.request(for: Fixture.server, base: Self.base)
        #expect(way == item.way)
        #expect(request.url == item.url)
        if way == .clusterIP {
            #expect(
                HTTPHeaders(request.headers)["Host"] == "sandfly-mcp-server.cortex-system.svc.cluster.local:3000")
        }
    }

    @Test(
        "a Service that is gone is a name that is not found",
        arguments: [ServiceReach.Mode.auto, .clusterIP, .apiProxy])
    func gone(_ mode: ServiceReach.Mode) async {
        let reach = Self.reach(mode, services: [])
        let failure = await Fixture.failure { () throws(ToolFailure) in
            _ = try await reach.request(for: Fixture.server, base: Self.base)
        }
        #expect(failure?.kind == .nameNotFound)
    }

    @Test(
        "what is no Service is spoken to without asking the API server for the Services",
        arguments: ["http://127.0.0.1:3000/mcp", "http://localhost:3000/", "https://mcp.example.com/mcp"])
    func noService(_ url: String) async throws {
        let asked = Mutex(0)
        let reach = ServiceReach(
            mode: .auto, isInCluster: false, transport: ScriptedTransport { _ throws(HTTPFailure) in .text("") },
            services: {
                asked.withLock { $0 += 1 }
                return nil
            }, proxy: { _, _, _, _, request in request })
        let server = ToolServer(name: "mcp", namespace: "tools", url: url)
        let (request, way) = try await reach.request(for: server, base: HTTPRequest(method: "POST", url: url))
        #expect(way == .direct && request.url == url)
        #expect(asked.withLock { $0 } == 0)
    }

    @Test("when the API server does not say what there is, nothing is called gone")
    func unknown() async throws {
        let reach = Self.reach(.apiProxy, services: nil)
        #expect(try await reach.request(for: Fixture.server, base: Self.base).way == .apiProxy)
    }

    @Test(
        "a server that is in no cluster is spoken to directly",
        arguments: ["http://127.0.0.1:3000/mcp", "https://mcp.example.com/mcp", "http://localhost:1/"])
    func elsewhere(_ url: String) async throws {
        let reach = Self.reach(.auto, services: [])
        let server = ToolServer(name: "mcp", namespace: "cortex-system", url: url)
        #expect(try await reach.request(for: server, base: HTTPRequest(url: url)).way == .direct)
    }

    @Test("a way that stops working is left for the other, and that one is decided on again when it fails")
    func decidedAgain() async throws {
        let service = try DirectoryTests.service("sandfly-mcp-server")
        let reach = Self.reach(.auto, services: [service])
        func way() async throws -> ServerWay {
            try await reach.request(for: Fixture.server, base: Self.base).way
        }
        #expect(try await way() == .clusterIP)
        let lost = HTTPFailure(kind: .connectTimeout, message: "no answer", mayHaveBeenSent: false)
        #expect(await reach.failed(lost, reaching: Fixture.server, by: .clusterIP))
        #expect(try await way() == .apiProxy)
        #expect(await reach.failed(lost, reaching: Fixture.server, by: .apiProxy) == false)
        #expect(try await way() == .clusterIP)
    }

    @Test("a request whose way failed goes the other way only when it is certain that nothing arrived")
    func otherWay() async throws {
        let service = try DirectoryTests.service("sandfly-mcp-server")
        for mayHaveBeenSent in [false, true] {
            let fake = FakeServer(.stateless)
            let transport = ScriptedTransport { sent throws(HTTPFailure) in
                if sent.request.url == Self.byAddress, sent.method == "tools/call" {
                    throw HTTPFailure(kind: .unreachable, message: "lost", mayHaveBeenSent: mayHaveBeenSent)
                }
                return fake.answer(sent)
            }
            let reach = ServiceReach(
                mode: .auto, isInCluster: false, transport: transport, services: { [service] }
            ) { _, _, _, _, request in
                var request = request
                request.url = Self.byProxy
                return request
            }
            let servers = Fixture.servers(transport, reach: reach)
            _ = try await servers.tools(of: Fixture.server)
            _ = await Fixture.failure { () throws(ToolFailure) in
                _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
            }
            #expect(fake.executions == (mayHaveBeenSent ? 0 : 1))
        }
    }
}
