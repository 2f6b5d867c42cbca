public import JSON
public import ToolMatching
public import ToolServers

/// Finds what a query means. Pure: the same question has the same answer.
public protocol QueryMatching: Sendable {
    /// The servers that the query points at, by their names or by the tools they are remembered to offer, best first.
    /// A server of which the query says nothing is left out.
    func rank(_ servers: [RememberedServer], for query: String) -> [ToolServer]

    /// The tool that the query asks for, with its arguments.
    func match(_ query: String, among tools: [Tool]) -> QueryMatch
}

/// A server and the tools it offered when it last answered; none when it never did.
public struct RememberedServer: Hashable, Sendable {
    public var server: ToolServer
    public var tools: [Tool]

    public init(server: ToolServer, tools: [Tool]) {
        self.server = server
        self.tools = tools
    }
}

/// What a query means among the tools there are.
public enum QueryMatch: Hashable, Sendable {
    case call(Tool, arguments: JSONValue)
    /// This tool, but the query does not say everything it needs.
    case incomplete(Tool, missing: [String])
    case nothing
}
