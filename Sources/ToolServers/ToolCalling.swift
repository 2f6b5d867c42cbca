public import JSON
public import ToolMatching

/// Tool servers as tasks see them.
public protocol ToolCalling: Sendable {
    /// Every server known now, up or down, sorted by name.
    func servers() async -> [ToolServer]
    /// The servers that a person named, while the cluster cannot tell of the others yet; nil once it can, or nobody
    /// waits for it any longer.
    func serversAtHand() async -> [ToolServer]?
    /// The tools a server offered when it last answered; nil when it never did.
    func rememberedTools(of server: ToolServer) async -> [Tool]?
    /// The tools a server offers, from the cache or from the server.
    func tools(of server: ToolServer) async throws(ToolFailure) -> [Tool]
    /// Calls a tool once. A tool's own error is an answer (`isError`), not a failure.
    func call(_ tool: Tool, arguments: JSONValue, on server: ToolServer) async throws(ToolFailure) -> ToolAnswer
    /// Whether the server answers as a tool server does, without touching any cache: the proof after a healing.
    func probe(_ server: ToolServer) async -> ToolFailure?
}

/// One tool server: the service in the cluster that it is, and where it answers.
public struct ToolServer: Codable, Hashable, Sendable {
    /// The service's name: the first label of the URL's host.
    public var name: String
    public var namespace: String
    /// `http://sandfly-mcp-server.cortex-system.svc.cluster.local:3000/mcp`.
    public var url: String

    public init(name: String, namespace: String, url: String) {
        self.name = name
        self.namespace = namespace
        self.url = url
    }
}

/// What a tool answered.
public struct ToolAnswer: Codable, Hashable, Sendable {
    /// The `content` blocks as the server sent them.
    public var content: [JSONValue]
    public var structuredContent: JSONValue?
    public var isError: Bool

    public init(content: [JSONValue], structuredContent: JSONValue? = nil, isError: Bool = false) {
        self.content = content
        self.structuredContent = structuredContent
        self.isError = isError
    }
}

/// Why a tool server gave no answer.
public struct ToolFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        // Outages: healing may help.
        case connectionRefused, nameNotFound, timeout, unreachable, connectionReset, serverError, protocolError
        // Answers: healing would be harm. An internal error is the server's own: it was reached and it answered.
        case unauthorized, rejected, unknownTool, internalError, cancelled
        // The API server does not let Cortex ask it through its proxy: nothing is known of the server.
        case forbidden
    }
    public var kind: Kind
    public var message: String

    public init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether the server is down rather than unwilling.
    public var isOutage: Bool {
        switch kind {
        case .connectionRefused, .nameNotFound, .timeout, .unreachable, .connectionReset, .serverError, .protocolError:
            true
        case .unauthorized, .rejected, .unknownTool, .internalError, .cancelled, .forbidden: false
        }
    }

    public var description: String { message }
}
