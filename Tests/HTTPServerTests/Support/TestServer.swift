import Synchronization

@testable import HTTPServer

/// A server on loopback whose answers a test gives as a closure.
final class TestServer: Sendable {
    struct Handler: HTTPHandler {
        let answer: @Sendable (ServerRequest) -> ServerReply
        func respond(to request: ServerRequest) -> ServerReply { answer(request) }
    }

    let server: HTTPServer
    let port: Int

    init(
        limits: HTTPLimits = .quick,
        answer: @escaping @Sendable (ServerRequest) -> ServerReply = TestServer.echo,
        stopping: @escaping @Sendable () -> Void = {}, acceptFault: (@Sendable () -> Bool)? = nil
    ) throws {
        // Servers and clients of all tests share one process.
        HTTPServer.raiseDescriptorLimit()
        server = HTTPServer(
            limits: limits, handler: Handler(answer: answer), stopping: stopping, acceptFault: acceptFault)
        port = try server.start(address: "127.0.0.1", port: 0)
    }

    var statistics: HTTPStatistics { server.statistics }

    func client(receiveBuffer: Int32? = nil) -> RawClient { RawClient(port: port, receiveBuffer: receiveBuffer) }

    /// What was asked, as text.
    static let echo: @Sendable (ServerRequest) -> ServerReply = { request in
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let text = "\(request.method) \(request.path) [\(query)] \(String(decoding: request.body, as: UTF8.self))"
        return .now(ServerResponse(headers: [("Content-Type", "text/plain")], body: .bytes(Array(text.utf8))))
    }

    /// Whether the server still answers a good request as it should.
    func isAlive() async -> Bool {
        await client().exchange("GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").contains(
            "GET /alive [] ")
    }
}

extension HTTPLimits {
    /// The defaults, with deadlines looked at often enough for a test.
    static var quick: HTTPLimits {
        var limits = HTTPLimits()
        limits.sweepInterval = .milliseconds(10)
        return limits
    }
}

/// Counts, and keeps the last writer of a stream.
final class StreamProbe: Sendable {
    private struct State {
        var opened: [any ResponseWriting] = []
        var closed = 0
    }
    private let state = Mutex(State())

    var writers: [any ResponseWriting] { state.withLock { $0.opened } }
    var opened: Int { state.withLock { $0.opened.count } }
    var closed: Int { state.withLock { $0.closed } }

    var stream: ResponseStream {
        ResponseStream(
            opened: { writer in self.state.withLock { $0.opened.append(writer) } },
            closed: { self.state.withLock { $0.closed += 1 } })
    }

    /// Answers every request with a stream.
    var answer: @Sendable (ServerRequest) -> ServerReply {
        { _ in .now(ServerResponse(headers: [("Content-Type", "text/event-stream")], body: .stream(self.stream))) }
    }
}
