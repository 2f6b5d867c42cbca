import FoundationEssentials
import JSON
import Testing
import ToolServers

/// A server that `tests/mcp/run` has started.
struct RealServer: Sendable, CustomTestStringConvertible {
    var name: String
    var url: String
    var testDescription: String { name }
    var toolServer: ToolServer { ToolServer(name: name, namespace: "cortex-system", url: url) }

    static let all: [RealServer] = {
        let text = ProcessInfo.processInfo.environment["CORTEX_MCP_SERVERS"] ?? "{}"
        let urls = (try? JSONCoding.decode([String: String].self, from: Data(text.utf8))) ?? [:]  // none: skipped
        return urls.sorted { $0.key < $1.key }.map { RealServer(name: $0.key, url: $0.value) }
    }()
    static let speaking = all.filter { !$0.name.hasPrefix("garbage-") }
    static let garbage = all.filter { $0.name.hasPrefix("garbage-") }
}
