public import FoundationEssentials

/// Sends HTTP requests. libcurl is behind it in the product; tests may put anything there.
public protocol HTTPTransport: Sendable {
    /// The whole exchange. Cancelling the task ends the transfer and throws `cancelled`.
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse

    /// Returns as soon as the status and headers are there; the body follows. Dropping the body ends the transfer.
    func stream(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPStreamingResponse
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

    /// The first value under this name.
    public subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
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
