import Synchronization
public import ToolMatching

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
