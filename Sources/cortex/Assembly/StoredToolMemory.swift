import FoundationEssentials
import History
import JSON
import Logging
import ToolMatching
import ToolServers

/// The tools that servers offered when they last answered, kept across restarts. What cannot be stored is forgotten at
/// the end, and said.
struct StoredToolMemory: ToolMemory {
    private static let kind = "tools"
    let memory: Memory
    let log: Logger

    func tools(of server: ToolServer) async -> [Tool]? {
        do {
            guard let data = try await memory.value(kind: Self.kind, key: Self.key(server)) else { return nil }
            return try JSONCoding.decode([Tool].self, from: data)
        } catch {
            log.warning("The tools of \(server.name) as last seen cannot be read: \(error)")
            return nil
        }
    }

    func remember(_ tools: [Tool], of server: ToolServer) async {
        do {
            try await memory.remember(kind: Self.kind, key: Self.key(server), value: try JSONCoding.encode(tools))
        } catch {
            log.warning("The tools of \(server.name) cannot be stored: \(error)")
        }
    }

    private static func key(_ server: ToolServer) -> String { "\(server.namespace)/\(server.name)" }
}
