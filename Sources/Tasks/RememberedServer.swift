import ToolMatching
import ToolServers

/// A server and the tools it offered when it last answered; none when it never did.
struct RememberedServer: Hashable, Sendable {
    var server: ToolServer
    var tools: [Tool]
}
