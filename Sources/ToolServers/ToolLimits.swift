/// What a conversation with a tool server may cost.
public struct ToolLimits: Sendable {
    /// For one call of a tool, negotiation included. Default 60 s.
    public var callTimeout: Duration = .seconds(60)
    /// For listing a server's tools; `callTimeout` where that is less, since a call waits for the list. Default 30 s.
    public var listTimeout: Duration = .seconds(30)
    /// For one probe. Default 30 s.
    public var probeTimeout: Duration = .seconds(30)
    /// For one connection and its TLS handshake. Default 3 s: where connections to a Service without
    /// endpoints hang instead of being refused, this is how long an outage takes to be seen.
    public var connectTimeout: Duration = .seconds(3)
    /// For answering a question of the server. Default 5 s.
    public var replyTimeout: Duration = .seconds(5)
    /// A longer answer is a broken protocol. Default 8 MiB.
    public var maximumAnswerBytes = 8 << 20
    /// Pages of one tool list. Default 50.
    public var maximumPages = 50
    /// Tools of one server; more are dropped. Default 1,000.
    public var maximumTools = 1000
    /// Questions of a server answered during one call; more are ignored. Default 16.
    public var maximumReplies = 16
    /// How often a call goes into a new session after the server lost the old one: several replicas that do not share
    /// their sessions lose one in every other request. Default 8.
    public var maximumSessions = 8
    /// How long a tool list holds when its server gives no hint. Default 60 s.
    public var listLifetime: Duration = .seconds(60)
    /// The longest lifetime a server's hint may ask for. Default 10 min.
    public var maximumListLifetime: Duration = .seconds(600)
    /// Servers that something is remembered of; the one unused longest is forgotten first. Default 500.
    public var maximumServers = 500

    public init() {}
}
