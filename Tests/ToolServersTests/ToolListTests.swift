import HTTPClient
import JSON
import Testing
import ToolMatching

@testable import ToolServers

@Suite("Lists of tools")
struct ToolListTests {
    static func page(_ names: [String], next: String? = nil, ttl: Int64? = nil) -> JSONValue {
        var page: JSONValue = ["tools": .array(names.map { ["name": .string($0), "inputSchema": ["type": "object"]] })]
        page["nextCursor"] = next.map { .string($0) }
        page["ttlMs"] = ttl.map { .integer($0) }
        return page
    }

    @Test("all pages are read, also in a session")
    func pages() async throws {
        let transport = ScriptedTransport { sent in
            let cursor = sent.body["params"]?["cursor"]?.stringValue
            return .result(sent.body["id"], cursor == nil ? Self.page(["a"], next: "2") : Self.page(["b", "a"]))
        }
        #expect(try await Fixture.servers(transport).tools(of: Fixture.server).map(\.name) == ["a", "b"])
    }

    @Test("a list that leads in a circle, or never ends, is cut")
    func endless() async throws {
        let circle = ScriptedTransport { sent in .result(sent.body["id"], Self.page(["a"], next: "same")) }
        _ = try await Fixture.servers(circle).tools(of: Fixture.server)
        #expect(circle.sent.count == 2)

        let endless = ScriptedTransport { sent in
            .result(
                sent.body["id"], Self.page(["t\(sent.body["id"]?.intValue ?? 0)"], next: "c\(sent.body["id"] ?? .null)")
            )
        }
        #expect(try await Fixture.servers(endless).tools(of: Fixture.server).count == 50)
    }

    @Test("tools without a name, twice, or too many are dropped and counted")
    func dropped() throws {
        var limits = ToolLimits()
        limits.maximumTools = 2
        var list = ToolList(server: "s", limits: limits)
        try list.add(["tools": [["name": "a"], ["name": ""], 7, ["name": "a"], ["name": "b"], ["name": "c"]]])
        #expect(list.tools.map(\.name) == ["a", "b"])
        #expect(list.dropped == 4)
    }

    @Test("a list is waited for no longer than a call, which waits for it", arguments: [(3, 3), (60, 30)])
    func patience(callSeconds: Int, expected: Int) async throws {
        var limits = ToolLimits()
        limits.callTimeout = .seconds(callSeconds)
        let transport = ScriptedTransport { sent in .result(sent.body["id"], Self.page(["a"])) }
        _ = try await Fixture.servers(transport, limits: limits).tools(of: Fixture.server)
        #expect(transport.sent.allSatisfy { $0.request.timeout == .seconds(expected) })
    }

    static let hints: [(Int64?, Duration)] = [
        (nil, .seconds(60)), (0, .zero), (5000, .seconds(5)), (-4, .zero), (1 << 50, .seconds(600)),
    ]

    @Test("a list is kept as long as its server says", arguments: hints)
    func cached(_ ttl: Int64?, _ expected: Duration) async throws {
        let clock = Fixture.Clock()
        let transport = ScriptedTransport { sent in .result(sent.body["id"], Self.page(["a"], ttl: ttl)) }
        let servers = Fixture.servers(transport, clock: clock)
        _ = try await servers.tools(of: Fixture.server)
        if expected > .zero {
            clock.advance(expected - .milliseconds(1))
            _ = try await servers.tools(of: Fixture.server)
            #expect(transport.sent.count == 1)
            clock.advance(.milliseconds(1))
        }
        _ = try await servers.tools(of: Fixture.server)
        #expect(transport.sent.count == 2)
    }

    @Test("the tools last seen are remembered while the server is down, and after a restart of Cortex")
    func remembered() async throws {
        let memory = VolatileToolMemory()
        let (up, down) = (FakeServer(.stateless), ScriptedTransport { _ in .text("", status: 503) })
        let first = Fixture.servers(ScriptedTransport { up.answer($0) }, memory: memory)
        #expect(await first.rememberedTools(of: Fixture.server) == nil)
        _ = try await first.tools(of: Fixture.server)
        let second = Fixture.servers(down, memory: memory)
        #expect(await second.rememberedTools(of: Fixture.server)?.map(\.name) == ["list_hosts"])
    }

    @Test("an unknown tool makes the list be asked for again")
    func unknownTool() async throws {
        let transport = ScriptedTransport { sent in
            sent.method == "tools/call"
                ? .error(sent.body["id"], -32602, "Unknown tool: x")
                : .result(sent.body["id"], Self.page(["x"]))
        }
        let servers = Fixture.servers(transport)
        _ = try await servers.tools(of: Fixture.server)
        _ = await Fixture.failure { () throws(ToolFailure) in
            _ = try await servers.call(Tool(server: "s", name: "x"), arguments: .null, on: Fixture.server)
        }
        _ = try await servers.tools(of: Fixture.server)
        #expect(transport.methods == ["tools/list", "tools/call", "tools/list"])
    }
}
