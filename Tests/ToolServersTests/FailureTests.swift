import FoundationEssentials
import HTTPClient
import JSON
import Testing
import ToolMatching

@testable import ToolServers

@Suite("Failures of tool servers")
struct FailureTests {
    static let connection: [(HTTPFailure.Kind, ToolFailure.Kind, Bool)] = [
        (.nameNotFound, .nameNotFound, true), (.connectionRefused, .connectionRefused, true),
        (.connectTimeout, .unreachable, true), (.unreachable, .unreachable, true), (.timeout, .timeout, true),
        (.connectionReset, .connectionReset, true), (.protocolError, .protocolError, true),
        (.bodyTooLarge, .protocolError, true), (.tls, .protocolError, true), (.proxy, .unreachable, true),
        (.invalidURL, .rejected, false), (.cancelled, .cancelled, false),
    ]

    @Test("a connection that fails is an outage, and the call is not sent twice", arguments: connection)
    func ofConnection(_ kind: HTTPFailure.Kind, _ expected: ToolFailure.Kind, _ isOutage: Bool) async throws {
        let fake = FakeServer(.stateless)
        let transport = ScriptedTransport { sent throws(HTTPFailure) in
            if sent.method == "tools/call" {
                throw HTTPFailure(kind: kind, message: "no", mayHaveBeenSent: kind == .timeout)
            }
            return fake.answer(sent)
        }
        let servers = Fixture.servers(transport)
        let failure = await Fixture.failure { () throws(ToolFailure) in
            _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        }
        #expect(failure?.kind == expected)
        #expect(failure?.isOutage == isOutage)
        #expect(transport.methods.filter { $0 == "tools/call" }.count == 1)
    }

    static let statuses: [(Int, ToolFailure.Kind)] = [
        (400, .rejected), (401, .unauthorized), (403, .unauthorized), (404, .rejected), (405, .rejected),
        (408, .rejected), (409, .rejected), (413, .rejected), (429, .rejected), (500, .internalError),
        (501, .internalError), (505, .internalError), (502, .serverError), (503, .serverError), (504, .serverError),
        (202, .protocolError),
        (204, .protocolError), (302, .rejected),
    ]

    @Test("an HTTP status without JSON-RPC", arguments: statuses)
    func ofStatus(_ status: Int, _ expected: ToolFailure.Kind) async {
        let transport = ScriptedTransport { _ in .text("nginx", status: status, type: "text/html") }
        let servers = Fixture.servers(transport)
        let failure = await Fixture.failure { () throws(ToolFailure) in _ = try await servers.tools(of: Fixture.server)
        }
        #expect(failure?.kind == expected)
        #expect(await servers.probe(Fixture.server)?.kind == expected)
    }

    @Test("where no MCP server is, the address is named, and what it is made of")
    func nothingThere() {
        let failure = ToolFailure(status: 404, body: Data("Not Found".utf8), server: Fixture.server, way: .direct)
        #expect(failure.message.contains("there is no MCP server at \(Fixture.server.url)"))
        #expect(failure.message.contains("cortex.io/tool-server-path"))
    }

    @Test("of the statuses only 502, 503 and 504 are outages", arguments: 400...599)
    func outages(_ status: Int) {
        let failure = ToolFailure(status: status, body: Data(), server: Fixture.server, way: .direct)
        #expect(failure.isOutage == [502, 503, 504].contains(status))
    }

    @Test("a server that is starting is not taken for an old one")
    func outageEndsNegotiation() async {
        let transport = ScriptedTransport { _ in .text("", status: 503) }
        let servers = Fixture.servers(transport)
        _ = await Fixture.failure { () throws(ToolFailure) in _ = try await servers.tools(of: Fixture.server) }
        #expect(transport.sent.count == 1)
    }

    static let garbage: [(String, ScriptedTransport.Answer, ToolFailure.Kind)] = [
        ("bytes", ScriptedTransport.Answer(chunks: [Data([0, 1, 2, 0xFF, 0xFE, 27, 91, 109])]), .protocolError),
        ("html", .text("<html>", type: "text/html"), .protocolError),
        ("nothing", .text(""), .protocolError),
        ("half of it", .text("{\"jsonrpc\":\"2.0\",\"id\":1,\"resu"), .protocolError),
        ("another id", .json(["jsonrpc": "2.0", "id": 999_999, "result": ["tools": []]]), .protocolError),
        ("another version", .json(["jsonrpc": "1.0", "id": 1, "result": ["tools": []]]), .protocolError),
        ("a number", .text("42"), .protocolError),
        ("an empty batch", .text("[]"), .protocolError),
        ("a deep nest", .text(String(repeating: "[", count: 100_000)), .protocolError),
        ("half an event", .stream("event: message\ndata: {\"jsonrpc\""), .connectionReset),
        ("an empty stream", .stream(""), .connectionReset),
        ("an event of garbage", .stream("data: not json\n\n"), .protocolError),
        (
            "an event for another", .stream("data: {\"jsonrpc\":\"2.0\",\"id\":77777,\"result\":{}}\n\n"),
            .connectionReset
        ),
        (
            "endless output",
            ScriptedTransport.Answer(chunks: [Data(repeating: 97, count: 1 << 16)], isEndless: true), .protocolError
        ),
        (
            "an endless event",
            ScriptedTransport.Answer(
                headers: [("Content-Type", "text/event-stream")], chunks: [Data(repeating: 97, count: 1 << 16)],
                isEndless: true), .protocolError
        ),
        (
            "endless comments",
            ScriptedTransport.Answer(
                headers: [("Content-Type", "text/event-stream")], chunks: [Data(": ping\n\n".utf8)], isEndless: true),
            .protocolError
        ),
        (
            "a reset in the middle",
            ScriptedTransport.Answer(
                chunks: [Data("{".utf8)],
                failure: HTTPFailure(kind: .connectionReset, message: "reset", mayHaveBeenSent: true)),
            .connectionReset
        ),
    ]

    @Test("garbage is a broken protocol, never a crash", arguments: garbage)
    func ofGarbage(_ name: String, _ answer: ScriptedTransport.Answer, _ expected: ToolFailure.Kind) async {
        var limits = ToolLimits()
        limits.maximumAnswerBytes = 1 << 20
        let servers = Fixture.servers(ScriptedTransport { _ in answer }, limits: limits)
        let listing = await Fixture.failure { () throws(ToolFailure) in _ = try await servers.tools(of: Fixture.server)
        }
        #expect(listing?.kind == expected, "\(name): \(String(describing: listing))")
        #expect(listing?.message.contains("\u{1B}") == false)
        #expect(await servers.probe(Fixture.server)?.isOutage == true)
    }

    static let answers: [(JSONValue, ToolFailure.Kind)] = [
        (["resultType": "input_required", "inputRequests": [:]], .rejected),
        (["resultType": "later"], .rejected), ("text", .protocolError), ([:], .protocolError),
    ]

    @Test("a result that Cortex cannot use", arguments: answers)
    func ofResult(_ result: JSONValue, _ expected: ToolFailure.Kind) async {
        let (servers, _) = Fixture.servers(FakeServer(.stateless, result: result))
        let failure = await Fixture.failure { () throws(ToolFailure) in
            _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        }
        #expect(failure?.kind == expected)
    }

    @Test("a tool's own error is the user's answer")
    func toolError() async throws {
        let (servers, _) = Fixture.servers(
            FakeServer(.stateless, result: ["content": [["type": "text", "text": "no such host"]], "isError": true]))
        let answer = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(answer.isError)
    }

    @Test("an error in JSON-RPC is a refusal; an unknown tool is named as such")
    func ofRPC() async {
        for (code, message, expected) in [
            (Int64(-32603), "boom", ToolFailure.Kind.rejected), (-32602, "Unknown tool: list_hosts", .unknownTool),
            (-32602, "Invalid arguments", .rejected), (-32000, "custom", .rejected),
        ] {
            let fake = FakeServer(.stateless)
            let transport = ScriptedTransport { sent in
                sent.method == "tools/call" ? .error(sent.body["id"], code, message) : fake.answer(sent)
            }
            let servers = Fixture.servers(transport)
            let failure = await Fixture.failure { () throws(ToolFailure) in
                _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
            }
            #expect(failure?.kind == expected)
            #expect(transport.methods.filter { $0 == "tools/call" }.count == 1)
        }
    }

    static let proxied: [(Int, String, ToolFailure.Kind)] = [
        (503, "no endpoints available for service \"sandfly-mcp-server\"", .unreachable),
        (404, "services \"sandfly-mcp-server\" not found", .nameNotFound),
        (
            502, "error trying to reach service: dial tcp 10.42.0.7:3000: connect: connection refused",
            .connectionRefused
        ),
        (503, "error trying to reach service: dial tcp 10.42.0.7:3000: i/o timeout", .unreachable),
        (500, "something broke", .serverError), (403, "services/proxy is forbidden", .forbidden),
    ]

    @Test("the API server's own answers are not the tool server's", arguments: proxied)
    func ofProxy(_ status: Int, _ message: String, _ expected: ToolFailure.Kind) async {
        struct Proxy: ServerReaching {
            func request(
                for server: ToolServer, base: HTTPRequest
            ) async throws(ToolFailure) -> (request: HTTPRequest, way: ServerWay) { (base, .apiProxy) }
            func failed(_ failure: HTTPFailure, reaching server: ToolServer, by way: ServerWay) async -> Bool { false }
        }
        let transport = ScriptedTransport { _ in
            .json(["kind": "Status", "apiVersion": "v1", "message": .string(message)], status: status)
        }
        let servers = Fixture.servers(transport, reach: Proxy())
        #expect(await servers.probe(Fixture.server)?.kind == expected)
    }
}
