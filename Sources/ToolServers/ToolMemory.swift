public import ToolMatching

/// Keeps the tools that servers offered when they last answered, also across a restart of Cortex.
public protocol ToolMemory: Sendable {
    func tools(of server: ToolServer) async -> [Tool]?
    func remember(_ tools: [Tool], of server: ToolServer) async
}
