public import FoundationEssentials

/// Sends HTTP requests. libcurl is behind it in the product; tests may put anything there.
public protocol HTTPTransport: Sendable {
    /// The whole exchange. Cancelling the task ends the transfer and throws `cancelled`.
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse

    /// Returns as soon as the status and headers are there; the body follows. Dropping the body ends the transfer.
    func stream(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPStreamingResponse

    /// Whole where the server says that the body is short, else as it comes: for whoever does not know beforehand which
    /// it will be. Cancelling and dropping as with the others.
    func answer(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer
}

extension HTTPTransport {
    public func answer(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer {
        .stream(try await stream(request))
    }
}

/// An answer that is there, or one that is coming.
public enum HTTPAnswer: Sendable {
    case whole(HTTPResponse)
    case stream(HTTPStreamingResponse)

    public var status: Int {
        switch self {
        case .whole(let response): response.status
        case .stream(let response): response.status
        }
    }

    public var headers: HTTPHeaders {
        switch self {
        case .whole(let response): response.headers
        case .stream(let response): response.headers
        }
    }
}

/// A complete answer, of whatever status.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: Data

    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// An answer whose body is still coming. The stream throws `HTTPFailure`.
public struct HTTPStreamingResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: AsyncThrowingStream<Data, any Error>

    public init(status: Int, headers: HTTPHeaders, body: AsyncThrowingStream<Data, any Error>) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Response headers, names compared without case.
public struct HTTPHeaders: Sendable {
    public var fields: [(name: String, value: String)]

    public init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    /// Whether they announce a body that is shorter than it would cost to read it piece by piece.
    var announceShortBody: Bool {
        guard let length = self["Content-Length"].flatMap({ Int($0) }) else { return false }
        return (0...(64 << 10)).contains(length) && self["Content-Type"]?.hasPrefix("text/event-stream") != true
    }

    /// The first value under this name.
    public subscript(name: String) -> String? {
        fields.first { $0.name.isSameFieldName(as: name) }?.value
    }
}

/// Why there is no answer, in the kinds that decide what may be done next.
public struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        case nameNotFound, connectionRefused, connectTimeout, unreachable, tls
        /// Sent, and no complete answer in time.
        case timeout
        case connectionReset, protocolError, bodyTooLarge, invalidURL, proxy, cancelled
        /// This program has too much under way: the request was not sent, and says nothing about the server.
        case overloaded
    }
    public var kind: Kind
    /// What happened, for a person.
    public var message: String
    /// False when it is certain that the server received nothing.
    public var mayHaveBeenSent: Bool

    public init(kind: Kind, message: String, mayHaveBeenSent: Bool) {
        self.kind = kind
        self.message = message
        self.mayHaveBeenSent = mayHaveBeenSent
    }

    public var description: String { message }
}
