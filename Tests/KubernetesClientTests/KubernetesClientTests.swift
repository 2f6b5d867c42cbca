import FoundationEssentials
import HTTPClient
import JSON
import Kubernetes
@testable import KubernetesClient
import Testing

@Suite("the client")
struct KubernetesClientTests {
    static let get = APIRequest(.get, .pods, namespace: "n", name: "p")

    static func client(
        _ transport: FakeTransport, _ time: FakeTime = FakeTime(), credentials: ClusterCredentials = .token("t"),
        options: ClientOptions = ClientOptions(version: "1.2.3"), runCommand: CommandRunner? = nil
    ) -> KubernetesClient {
        KubernetesClient(
            configuration: ClusterConfiguration(
                server: "https://s:6443", tls: TLSConfiguration(serverName: "api"), credentials: credentials,
                impersonation: Impersonation(user: "alice"), proxy: "http://proxy:1"),
            transport: transport, options: options, timing: time.timing, runCommand: runCommand)
    }

    @Test("a request says who sends it and where it goes")
    func request() async throws {
        let transport = FakeTransport(.ok("body"))
        let request = APIRequest.patch(
            .apply, .deployments, namespace: "n", name: "a b", change: ["spec": [:]], query: [.init("dryRun", "All,ä")])
        #expect(try await Self.client(transport).send(request) == Data("body".utf8))
        let sent = try #require(transport.requests.first)
        #expect(
            sent.url == "https://s:6443/apis/apps/v1/namespaces/n/deployments/a%20b"
                + "?dryRun=All%2C%C3%A4&fieldManager=cortex")
        #expect(sent.method == "PATCH")
        #expect(sent.header("content-type") == "application/apply-patch+yaml")
        #expect(sent.header("authorization") == "Bearer t")
        #expect(sent.header("impersonate-user") == "alice")
        #expect(sent.header("user-agent") == "cortex/1.2.3 (linux/\(ClientOptions.architecture))")
        #expect(sent.tls.serverName == "api" && sent.proxy == "http://proxy:1")
        #expect(sent.timeout == .seconds(10))
    }

    @Test("reads carry no field manager; a list may take longer")
    func list() async throws {
        let transport = FakeTransport(.ok())
        _ = try await Self.client(transport).send(APIRequest(.list, .pods, query: [.init("limit", "2")]))
        #expect(transport.requests.first?.url == "https://s:6443/api/v1/pods?limit=2")
        #expect(transport.requests.first?.timeout == .seconds(30))
    }

    @Test("of objects that are known by their metadata nothing else is asked for")
    func metadata() async throws {
        let transport = FakeTransport(.ok(#"{"metadata": {}, "items": []}"#), .ok(#"{"metadata": {}, "items": []}"#))
        let client = Self.client(transport)
        _ = try await client.list(ConfigMap.self, namespace: "n")
        _ = try await client.list(Pod.self, namespace: "n")
        let accepted = transport.requests.map { $0.header("accept") }
        #expect(
            accepted == [
                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "application/json, */*",
            ])
    }

    @Test("503 is tried again after the pause the server asks for")
    func retry() async throws {
        let time = FakeTime()
        let transport = FakeTransport(
            .status(503, headers: [("retry-after", "2")]), .failed(.connectionRefused, sent: false), .ok("x"))
        #expect(try await Self.client(transport, time).send(Self.get) == Data("x".utf8))
        #expect(transport.requests.count == 3)
        #expect(time.sleeps.first == .seconds(2))
    }

    @Test("after four tries the last error stands, with the server's Status")
    func givingUp() async throws {
        let transport = FakeTransport(
            .status(503, #"{"kind":"Status","reason":"ServiceUnavailable","message":"later"}"#))
        let error = await #expect(throws: APIError.self) { try await Self.client(transport).send(Self.get) }
        #expect(error?.status?.reason == "ServiceUnavailable" && error?.description == "later")
        #expect(transport.requests.count == 4)
    }

    @Test("tries and pauses end at the deadline, and each try gets what is left of it")
    func deadline() async throws {
        let time = FakeTime()
        let transport = FakeTransport { _, _ in
            time.advance(by: .seconds(9))
            return .failed(.timeout, sent: true)
        }
        let error = await #expect(throws: APIError.self) { try await Self.client(transport, time).send(Self.get) }
        #expect(error == .unknown("timeout"))
        #expect(transport.requests.count <= 4)
        #expect(transport.requests.allSatisfy { ($0.timeout ?? .zero) <= .seconds(10) })
        #expect((transport.requests.last?.timeout ?? .zero) < .seconds(10))
    }

    @Test("a write that was sent and not answered is unknown, and is not sent again")
    func unknownWrite() async throws {
        let transport = FakeTransport(.failed(.timeout, sent: true))
        let write = APIRequest(.patch(.merge), .deployments, namespace: "n", name: "d")
        let error = await #expect(throws: APIError.self) { try await Self.client(transport).send(write) }
        #expect(error == .unknown("timeout"))
        #expect(transport.requests.count == 1)
    }

    @Test("a write under a precondition is sent again, and a conflict with itself is unknown")
    func guardedWrite() async throws {
        let transport = FakeTransport(
            .failed(.connectionReset, sent: true), .status(409, #"{"kind":"Status","message":"changed"}"#))
        let write = APIRequest.scale(
            .deployments, namespace: "n", name: "d", replicas: 1, preconditions: .init(resourceVersion: "1"))
        let error = await #expect(throws: APIError.self) { try await Self.client(transport).send(write) }
        #expect(error == .unknown("an earlier try got no answer, and the next one: changed"))
        #expect(transport.requests.count == 2)
    }

    @Test("a PodDisruptionBudget's 429 is an answer")
    func eviction() async throws {
        let transport = FakeTransport(.status(429, #"{"kind":"Status","reason":"TooManyRequests","message":"budget"}"#))
        let request = APIRequest.evict(pod: "p", namespace: "n", version: "v1")
        let error = await #expect(throws: APIError.self) { try await Self.client(transport).send(request) }
        #expect(error?.status?.code == 429)
        #expect(transport.requests.count == 1)
    }

    @Test("a refused credential is renewed once")
    func renewal() async throws {
        let transport = FakeTransport { request, _ in
            request.header("authorization") == "Bearer t2"
                ? .ok("in") : .status(401, #"{"kind":"Status","message":"no"}"#)
        }
        let counter = FakeTime()
        let runner: CommandRunner = { _ in
            counter.advance(by: .seconds(1))
            return CredentialSourceTests.answer(#""token":"t\#(counter.timing.now() / .seconds(1) == 1 ? 1 : 2)""#)
        }
        let plugin = ClusterCredentials.exec(try CredentialSourceTests.plugin())
        let client = Self.client(transport, credentials: plugin, runCommand: runner)
        #expect(try await client.send(Self.get) == Data("in".utf8))
        #expect(transport.requests.count == 2)
    }

    @Test("a refused token that cannot be renewed is the server's 401, at once")
    func unauthorized() async throws {
        let transport = FakeTransport(
            .status(401, #"{"kind":"Status","reason":"Unauthorized","message":"Unauthorized"}"#))
        let error = await #expect(throws: APIError.self) { try await Self.client(transport).send(Self.get) }
        #expect(error?.status?.reason == "Unauthorized")
        #expect(transport.requests.count == 1)
    }

    @Test(
        "how a transport fails decides what is known",
        arguments: [
            (HTTPFailure.Kind.nameNotFound, false, APIError.unreachable("nameNotFound")),
            (.connectionReset, true, .unknown("connectionReset")), (.cancelled, true, .cancelled),
            (.bodyTooLarge, true, .invalidResponse("bodyTooLarge")), (.tls, false, .unreachable("tls")),
        ])
    func failures(_ kind: HTTPFailure.Kind, _ sent: Bool, _ expected: APIError) async throws {
        let transport = FakeTransport(.failed(kind, sent: sent))
        let error = await #expect(throws: APIError.self) { try await Self.client(transport).send(Self.get) }
        #expect(error == expected)
    }

    @Test("a write that is cancelled in flight is unknown")
    func cancelledWrite() async throws {
        let transport = FakeTransport(.failed(.cancelled, sent: true))
        let write = APIRequest(.create, .events, namespace: "n", body: Data("{}".utf8))
        let error = await #expect(throws: APIError.self) { try await Self.client(transport).send(write) }
        #expect(error == .unknown("cancelled"))
    }

    @Test("more requests than the rate limit allows wait their turn")
    func rateLimit() async throws {
        let time = FakeTime()
        var options = ClientOptions()
        options.queriesPerSecond = 10
        options.burst = 2
        let client = Self.client(FakeTransport(.ok()), time, options: options)
        for _ in 0..<4 { _ = try await client.send(Self.get) }
        #expect(time.sleeps == [.milliseconds(100), .milliseconds(100)])
        #expect(client.statistics.delayed == 2 && client.statistics.requests == 4)
    }

    @Test("a stream comes line by line, however it was cut; a last line without its newline counts")
    func lines() async throws {
        let transport = FakeTransport(.ok("first line\r\n\nthird line is longer\nlast"))
        let watch = APIRequest(.watch, .pods, namespace: "n", query: [.init("resourceVersion", "5")])
        var lines: [String] = []
        for try await line in Self.client(transport).lines(watch) {
            lines.append(String(decoding: line, as: UTF8.self))
        }
        #expect(lines == ["first line", "", "third line is longer", "last"])
        let sent = try #require(transport.requests.first)
        #expect(sent.url == "https://s:6443/api/v1/namespaces/n/pods?resourceVersion=5&watch=true")
        #expect(sent.timeout == nil && sent.idleTimeout == .seconds(150))
    }

    @Test("a watch that is refused throws the server's Status")
    func refusedWatch() async throws {
        let transport = FakeTransport(.status(410, #"{"kind":"Status","reason":"Expired","code":410}"#))
        let error = await #expect(throws: APIError.self) {
            for try await _ in Self.client(transport).lines(APIRequest(.watch, .pods)) {}
        }
        #expect(error?.status?.reason == "Expired")
    }

    @Test("a watch that breaks off gives the lines it had, then what happened")
    func brokenWatch() async throws {
        let transport = FakeTransport(.status(200, "one\ntw", headers: [("X-Breaks", "silence")]))
        var lines: [String] = []
        let error = await #expect(throws: APIError.self) {
            for try await line in Self.client(transport).lines(APIRequest(.watch, .pods)) {
                lines.append(String(decoding: line, as: UTF8.self))
            }
        }
        #expect(lines == ["one"])
        #expect(error == .unknown("silence"))
    }

    @Test("an endless line is an error, not memory")
    func endlessLine() async throws {
        var options = ClientOptions()
        options.maximumLineBytes = 100
        let transport = FakeTransport(.ok("short\n" + String(repeating: "x", count: 1000)))
        var count = 0
        let error = await #expect(throws: APIError.self) {
            for try await _ in Self.client(transport, options: options).lines(APIRequest(.watch, .pods)) { count += 1 }
        }
        #expect(count == 1)
        #expect(error == .invalidResponse("a line of the stream is longer than 100 bytes"))
    }

    @Test("a tool server is reached through the API server's service proxy, with Cortex's own credential")
    func proxied() async throws {
        let request = HTTPRequest(
            method: "POST", url: "http://anything/",
            headers: [("Authorization", "Bearer other"), ("Mcp-Session-Id", "5")])
        let proxied = try await Self.client(FakeTransport(.ok())).proxied(
            service: "sandfly-mcp", namespace: "n", port: 3000, path: "/mcp?x=1", request)
        #expect(proxied.url == "https://s:6443/api/v1/namespaces/n/services/sandfly-mcp:3000/proxy/mcp?x=1")
        #expect(proxied.header("authorization") == "Bearer t")
        #expect(proxied.header("mcp-session-id") == "5")
        #expect(proxied.headers.filter { $0.name.lowercased() == "authorization" }.count == 1)
        #expect(proxied.tls.serverName == "api" && proxied.method == "POST")
    }
}
