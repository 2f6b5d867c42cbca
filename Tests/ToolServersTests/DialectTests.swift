import HTTPClient
import JSON
import Testing
import ToolMatching

@testable import ToolServers

@Suite("Generations of the protocol")
struct DialectTests {
    @Test("every generation lists, calls and is proven", arguments: FakeServer.Generation.allCases)
    func everyGeneration(_ generation: FakeServer.Generation) async throws {
        let fake = FakeServer(generation)
        let (servers, _) = Fixture.servers(fake)
        #expect(try await servers.tools(of: Fixture.server).map(\.name) == ["list_hosts"])
        let answer = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(answer == ToolAnswer(content: [["type": "text", "text": "done"]]))
        #expect(await servers.probe(Fixture.server) == nil)
        #expect(fake.executions == 1)
    }

    @Test("a call to a server of which nothing is known runs once", arguments: FakeServer.Generation.allCases)
    func callFirst(_ generation: FakeServer.Generation) async throws {
        let fake = FakeServer(generation)
        let (servers, transport) = Fixture.servers(fake)
        _ = try await servers.call(Fixture.tool, arguments: ["a": 1], on: Fixture.server)
        #expect(fake.executions == 1)
        #expect(transport.methods.filter { $0 == "tools/call" }.count == 1)
    }

    @Test("what was negotiated is remembered", arguments: FakeServer.Generation.allCases)
    func remembered(_ generation: FakeServer.Generation) async throws {
        let (servers, transport) = Fixture.servers(FakeServer(generation))
        _ = try await servers.tools(of: Fixture.server)
        let before = transport.sent.count
        _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(transport.methods[before...] == ["tools/call"])
    }

    @Test(
        "a server that comes back as another generation is negotiated with anew, and runs the call once",
        arguments: FakeServer.Generation.allCases, FakeServer.Generation.allCases)
    func changed(_ old: FakeServer.Generation, _ new: FakeServer.Generation) async throws {
        let fake = FakeServer(old)
        let (servers, _) = Fixture.servers(fake)
        _ = try await servers.tools(of: Fixture.server)
        fake.become(new)
        fake.restart()
        _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(fake.executions == 1)
    }

    @Test("a session names its version from 2025-06-18 on, and its id always")
    func sessionHeaders() async throws {
        for generation in [FakeServer.Generation.session2025March, .session2025June, .session2025November] {
            let (servers, transport) = Fixture.servers(FakeServer(generation))
            _ = try await servers.tools(of: Fixture.server)
            let last = try #require(transport.sent.last)
            #expect(last.header("Mcp-Session-Id") == "session-1")
            let named = generation == .session2025March ? nil : generation.version
            #expect(last.header("MCP-Protocol-Version") == named)
            #expect(last.header("Mcp-Method") == nil && last.body["params"]?["_meta"] == nil)
        }
    }

    @Test("a lost session is replaced, and what was asked is asked again")
    func lostSession() async throws {
        let fake = FakeServer(.session2025November)
        let (servers, transport) = Fixture.servers(fake)
        _ = try await servers.tools(of: Fixture.server)
        fake.restart()
        let before = transport.sent.count
        _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(
            transport.methods[before...] == ["tools/call", "initialize", "notifications/initialized", "tools/call"])
        #expect(fake.executions == 1)
    }

    @Test("two replicas that do not share their sessions answer every call, each once")
    func replicas() async throws {
        let fake = FakeServer(.session2025November, replicas: 2)
        let (servers, _) = Fixture.servers(fake)
        for count in 1...20 {
            _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
            #expect(fake.executions == count)
        }
    }

    @Test("a server that loses every session is given up, not asked for ever")
    func alwaysLost() async {
        let transport = ScriptedTransport { sent in
            if sent.method == "initialize" {
                return .result(sent.body["id"], ["protocolVersion": "2025-06-18"]).with("Mcp-Session-Id", "x")
            }
            if sent.method == "notifications/initialized" { return .text("", status: 202) }
            return .error("server-error", -32600, "Session not found", status: 404)
        }
        let servers = Fixture.servers(transport)
        let failure = await Fixture.failure { () throws(ToolFailure) in _ = try await servers.tools(of: Fixture.server)
        }
        #expect(failure?.kind == .rejected)
        #expect(transport.sent.count < 60)
    }

    @Test("a probe opens its own session, ends none, and touches nothing that is remembered")
    func probeIsFresh() async throws {
        let fake = FakeServer(.session2025June)
        let (servers, transport) = Fixture.servers(fake)
        _ = try await servers.tools(of: Fixture.server)
        #expect(await servers.probe(Fixture.server) == nil)
        #expect(transport.methods.filter { $0 == "initialize" }.count == 2)
        #expect(!transport.methods.contains("DELETE"))
        let before = transport.sent.count
        _ = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(transport.methods[before...] == ["tools/call"])
        #expect(transport.sent.last?.header("Mcp-Session-Id") == "session-1")
    }

    @Test("a forgotten server is negotiated with anew")
    func forgotten() async throws {
        let (servers, transport) = Fixture.servers(FakeServer(.session2025June))
        _ = try await servers.tools(of: Fixture.server)
        servers.forget(Fixture.server)
        _ = try await servers.tools(of: Fixture.server)
        #expect(transport.methods.filter { $0 == "initialize" }.count == 2)
        #expect(await servers.rememberedTools(of: Fixture.server)?.count == 1)
    }

    @Test("an argument that its schema mirrors goes into a header, encoded where it must be")
    func parameterHeaders() async throws {
        let (servers, transport) = Fixture.servers(FakeServer(.stateless))
        var tool = Fixture.tool
        tool.inputSchema = [
            "type": "object",
            "properties": [
                "region": ["type": "string", "x-mcp-header": "Region"],
                "note": ["type": "string", "x-mcp-header": "Note"],
                "score": ["type": "number", "x-mcp-header": "Score"],
                "bad": ["type": "string", "x-mcp-header": "bad name\r\nX: y"],
                "inner": ["type": "object", "properties": ["deep": ["type": "boolean", "x-mcp-header": "Deep"]]],
            ],
        ]
        _ = try await servers.call(
            tool,
            arguments: ["region": "eu-1", "note": "größe", "score": 1, "bad": "x", "inner": ["deep": true]],
            on: Fixture.server)
        let sent = try #require(transport.sent.last)
        #expect(sent.header("Mcp-Param-Region") == "eu-1")
        #expect(sent.header("Mcp-Param-Note") == "=?base64?Z3LDtsOfZQ==?=")
        #expect(sent.header("Mcp-Param-Deep") == "true")
        #expect(sent.request.headers.filter { $0.name.hasPrefix("Mcp-Param") }.count == 3)
    }

    @Test("a redirect is followed within the server only, and once")
    func redirects() async throws {
        let fake = FakeServer(.stateless)
        let near = ScriptedTransport { sent in
            sent.request.url.hasSuffix("/mcp")
                ? ScriptedTransport.Answer(status: 307).with("Location", "/mcp/") : fake.answer(sent)
        }
        #expect(try await Fixture.servers(near).tools(of: Fixture.server).count == 1)

        let far = ScriptedTransport { _ in
            ScriptedTransport.Answer(status: 307).with("Location", "http://elsewhere.example/mcp")
        }
        let servers = Fixture.servers(far)
        let failure = await Fixture.failure { () throws(ToolFailure) in _ = try await servers.tools(of: Fixture.server)
        }
        #expect(failure?.kind == .rejected)
        #expect(far.sent.count == 1)

        let loop = ScriptedTransport { _ in ScriptedTransport.Answer(status: 308).with("Location", "/again") }
        let looping = Fixture.servers(loop)
        _ = await Fixture.failure { () throws(ToolFailure) in _ = try await looping.tools(of: Fixture.server) }
        #expect(loop.sent.count == 2)
    }
}
