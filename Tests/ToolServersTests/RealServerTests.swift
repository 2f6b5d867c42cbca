import FoundationEssentials
import HTTPClient
import JSON
import Testing
import ToolMatching
import ToolServers

/// Runs against the servers that `tests/mcp/run` starts: `CORTEX_MCP_SERVERS` is a JSON object, name → URL.
@Suite("Real servers", .enabled(if: !RealServer.all.isEmpty, "tests/mcp/run starts the servers"))
struct RealServerTests {
    private func withServers(
        _ limits: ToolLimits = ToolLimits(), _ body: (ToolServers, CurlTransport) async throws -> Void
    ) async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        try await body(ToolServers(directory: ToolServerDirectory(), transport: transport, limits: limits), transport)
    }

    @Test("lists, calls, passes on a tool's error, and is proven", arguments: RealServer.speaking)
    func works(_ server: RealServer) async throws {
        try await withServers { servers, _ in
            let tools = try await servers.tools(of: server.toolServer)
            #expect(Set(tools.map(\.name)).isSuperset(of: ["list_hosts", "get_host"]))
            let getHost = try #require(tools.first { $0.name == "get_host" })
            #expect(getHost.inputSchema["required"] == ["hostname"])
            let host = try await servers.call(getHost, arguments: ["hostname": "pve-01"], on: server.toolServer)
            #expect(!host.isError && host.content.first?["text"]?.stringValue?.contains("active") == true)
            let none = try await servers.call(getHost, arguments: ["hostname": "x"], on: server.toolServer)
            #expect(none.isError)
            #expect(await servers.probe(server.toolServer) == nil)
            // The proof has left the server and the session as they were.
            if let slow = tools.first(where: { $0.name == "slow" }) {
                let answer = try await servers.call(slow, arguments: [:], on: server.toolServer)
                #expect(answer.content.first?["text"] == "größe 🙂")
            }
        }
    }

    @Test("goes on when the server has lost its sessions", arguments: RealServer.speaking)
    func lostSessions(_ server: RealServer) async throws {
        try await withServers { servers, transport in
            let tools = try await servers.tools(of: server.toolServer)
            let getHost = try #require(tools.first { $0.name == "get_host" })
            let root = server.url.hasSuffix("/mcp") ? String(server.url.dropLast(4)) : String(server.url.dropLast())
            let forgotten = try await transport.send(
                HTTPRequest(method: "POST", url: root + "/forget", body: Data("{}".utf8)))
            #expect(forgotten.status == 200)
            let host = try await servers.call(getHost, arguments: ["hostname": "pve-01"], on: server.toolServer)
            #expect(!host.isError)
        }
    }

    @Test("a tool that is not there, and arguments that do not fit, are no outage", arguments: RealServer.speaking)
    func refusals(_ server: RealServer) async throws {
        try await withServers { servers, _ in
            for (name, arguments) in [("no_such_tool", JSONValue.object([:])), ("get_host", ["hostname": [1, 2]])] {
                do {
                    let tool = Tool(server: server.name, name: name)
                    let answer = try await servers.call(tool, arguments: arguments, on: server.toolServer)
                    #expect(answer.isError)
                } catch let failure as ToolFailure {
                    #expect(!failure.isOutage, "\(failure.kind): \(failure)")
                }
            }
        }
    }

    @Test("garbage is an outage within its deadline", arguments: RealServer.garbage)
    func speaksGarbage(_ server: RealServer) async throws {
        var limits = ToolLimits()
        limits.listTimeout = .seconds(3)
        limits.probeTimeout = .seconds(3)
        try await withServers(limits) { servers, _ in
            let failure = await servers.probe(server.toolServer)
            #expect(failure?.isOutage == true, "\(String(describing: failure))")
            #expect(await servers.rememberedTools(of: server.toolServer) == nil)
        }
    }

    @Test(
        "twenty calls at once are all answered",
        arguments: RealServer.speaking)
    func together(_ server: RealServer) async throws {
        try await withServers { servers, _ in
            let tools = try await servers.tools(of: server.toolServer)
            let list = try #require(tools.first { $0.name == "list_hosts" })
            let answered = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            return try await !servers.call(list, arguments: [:], on: server.toolServer).isError
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { count, isAnswered in count += isAnswered ? 1 : 0 }
            }
            #expect(answered == 20)
        }
    }
}
