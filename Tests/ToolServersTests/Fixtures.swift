import HTTPClient
import JSON
import Synchronization
import ToolMatching
import ToolServers

/// What the tests share.
enum Fixture {
    static let server = ToolServer(
        name: "sandfly-mcp-server", namespace: "cortex-system",
        url: "http://sandfly-mcp-server.cortex-system.svc.cluster.local:3000/mcp")
    static let tool = Tool(server: "sandfly-mcp-server", name: "list_hosts")

    static func servers(
        _ transport: ScriptedTransport, reach: any ServerReaching = DirectReach(),
        memory: any ToolMemory = VolatileToolMemory(), limits: ToolLimits = ToolLimits(), clock: Clock = Clock()
    ) -> ToolServers {
        ToolServers(
            directory: ToolServerDirectory(), transport: transport, reach: reach, toolMemory: memory, limits: limits,
            now: { clock.now })
    }

    static func servers(_ fake: FakeServer) -> (ToolServers, ScriptedTransport) {
        let transport = ScriptedTransport { sent in fake.answer(sent) }
        return (servers(transport), transport)
    }

    /// How something failed; nil when it did not.
    static func failure(_ body: () async throws(ToolFailure) -> Void) async -> ToolFailure? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    /// A clock that moves when it is told to.
    final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }
}
