/// Answers requests. The event loop calls it; it must return at once.
public protocol HTTPHandler: Sendable {
    func respond(to request: ServerRequest) -> ServerReply
}

/// What a handler says at once: an answer, or that the answer will follow.
public enum ServerReply: Sendable {
    case now(ServerResponse)
    /// Whoever knows the answer gives it, once and from any thread, to what it is handed. Called at once.
    case whenKnown(@Sendable (_ answer: @escaping @Sendable (ServerResponse) -> Void) -> Void)
    /// From a task of its own.
    case later(@Sendable () async -> ServerResponse)
}

/// A request whose head and body arrived whole and within the limits.
public struct ServerRequest: Sendable {
    public var method: String
    /// Percent-decoded, without the query.
    public var path: String
    public var query: [(name: String, value: String)]
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// The client's address without its port.
    public var remoteAddress: String

    public init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], remoteAddress: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The first value of a header, names compared without case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.hasSameName(as: name) }?.value
    }
}

/// An answer: bytes, or a stream that stays open until it is finished, its client leaves or reads too slowly.
public struct ServerResponse: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        case stream(ResponseStream)
    }
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: Body

    public init(status: Int = 200, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
