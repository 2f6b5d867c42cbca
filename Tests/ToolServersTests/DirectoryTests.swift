import FoundationEssentials
import JSON
import Kubernetes
import Synchronization
import Testing
import ToolMatching

@testable import ToolServers

@Suite("Which tool servers there are")
struct DirectoryTests {
    static func service(
        _ name: String, namespace: String = "cortex-system", labels: JSONValue = [:], annotations: JSONValue = [:],
        ports: JSONValue = [["port": 3000]], clusterIP: String = "10.43.0.9"
    ) throws -> Service {
        let object: JSONValue = [
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "labels": labels, "annotations": annotations,
            ],
            "spec": ["clusterIP": .string(clusterIP), "ports": ports],
        ]
        return try JSONCoding.decode(Service.self, from: JSONCoding.encode(object))
    }

    @Test(
        "a URL says which service it is",
        arguments: [
            (
                "http://sandfly-mcp-server.cortex-system.svc.cluster.local:3000/mcp", "sandfly-mcp-server",
                "cortex-system"
            ),
            ("http://sandfly-mcp-server.tools:3000", "sandfly-mcp-server", "tools"),
            ("http://sandfly-mcp-server:3000/", "sandfly-mcp-server", "home"),
            ("https://mcp.example.com/mcp", "mcp", "home"), ("http://127.0.0.1:3000/mcp", "sandfly", "home"),
            ("http://localhost:3000/mcp", "sandfly", "home"), ("http://[::1]:3000/mcp", "sandfly", "home"),
        ])
    func fromEnvironment(_ url: String, _ name: String, _ namespace: String) async {
        let directory = ToolServerDirectory(environment: ["SANDFLY_MCP_URL": url], defaultNamespace: "home")
        #expect(await directory.servers() == [ToolServer(name: name, namespace: namespace, url: url)])
    }

    @Test(
        "what is no http URL names no server",
        arguments: ["", "x", "ftp://a/b", "http://", "http://a b/", "http://a:99999/", "http://u:p@a/", "http://a:b/"])
    func unusable(_ url: String) async {
        #expect(await ToolServerDirectory(environment: ["A_MCP_URL": url]).servers().isEmpty)
        #expect(ToolServerDirectory.unusable([.init(name: nil, url: url)]).count == 1)
    }

    @Test("Services that say so are tool servers, and those whose name does")
    func fromServices() async throws {
        let services = try [
            Self.service("plain-web"), Self.service("sandfly-mcp-server"),
            Self.service(
                "tools", labels: ["cortex.io/tool-server": "true"],
                annotations: ["cortex.io/tool-server-path": "rpc"],
                ports: [["port": 80, "name": "http"], ["port": 9000, "name": "mcp"]]),
            Self.service("off-mcp-server", labels: ["cortex.io/tool-server": "false"]),
            Self.service("portless-mcp-server", ports: []),
        ]
        let servers = await ToolServerDirectory(services: { services }).servers()
        #expect(servers.map(\.name) == ["sandfly-mcp-server", "tools"])
        #expect(servers[0].url == "http://sandfly-mcp-server.cortex-system.svc.cluster.local:3000/mcp")
        #expect(servers[1].url == "http://tools.cortex-system.svc.cluster.local:9000/rpc")
    }

    @Test("a server is listed once: the file wins over the environment, and both over the cluster")
    func once() async throws {
        let service = try Self.service("sandfly-mcp-server")
        let directory = ToolServerDirectory(
            entries: [.init(name: nil, url: "http://sandfly-mcp-server.cortex-system:1/file")],
            environment: [
                "SANDFLY_MCP_URL": "http://sandfly-mcp-server.cortex-system:2/environment", "MCP_URL": "http://x",
            ],
            services: { [service] })
        #expect(await directory.servers().map(\.url) == ["http://sandfly-mcp-server.cortex-system:1/file"])
    }

    @Test("while the cluster is out of sight, those that a person named are at hand, if there are any")
    func atHand() async {
        func directory(_ environment: [String: String], isOutOfSight: Bool) -> ToolServerDirectory {
            ToolServerDirectory(environment: environment, isOutOfSight: { isOutOfSight })
        }
        let named = ["SANDFLY_MCP_URL": "http://127.0.0.1:3000/mcp"]
        #expect(await directory(named, isOutOfSight: true).serversAtHand()?.map(\.name) == ["sandfly"])
        #expect(await directory(named, isOutOfSight: false).serversAtHand() == nil)
        #expect(await directory([:], isOutOfSight: true).serversAtHand() == nil)
    }

    @Test("Services that come later are found, and those that go are not")
    func changing() async throws {
        let services = Mutex([try Self.service("a-mcp-server")])
        let directory = ToolServerDirectory(services: { services.withLock { $0 } })
        #expect(await directory.servers().map(\.name) == ["a-mcp-server"])
        let later = try Self.service("b-mcp-server")
        services.withLock { $0.append(later) }
        #expect(await directory.servers().map(\.name) == ["a-mcp-server", "b-mcp-server"])
        services.withLock { _ = $0.removeFirst() }
        #expect(await directory.servers().map(\.name) == ["b-mcp-server"])
    }

    @Test("a server that is only configured is listed although its Service is gone")
    func absent() async {
        let directory = ToolServerDirectory(environment: ["A_MCP_URL": "http://a-mcp-server.tools:1/"])
        #expect(await directory.servers().map(\.name) == ["a-mcp-server"])
    }
}
