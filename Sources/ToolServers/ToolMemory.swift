import Synchronization
public import ToolMatching

/// Keeps the tools that servers offered when they last answered, also across a restart of Cortex.
public protocol ToolMemory: Sendable {
    func tools(of server: ToolServer) async -> [Tool]?
    func remember(_ tools: [Tool], of server: ToolServer) async
}

/// Remembers as long as the process lives.
public final class VolatileToolMemory: ToolMemory {
    private let tools = Mutex<[ToolServer: [Tool]]>([:])
    private let maximumServers = 500

    public init() {}

    public func tools(of server: ToolServer) async -> [Tool]? { tools.withLock { $0[server] } }

    public func remember(_ tools: [Tool], of server: ToolServer) async {
        self.tools.withLock { known in
            if known[server] == nil, known.count >= maximumServers { return }
            known[server] = tools
        }
    }
}
