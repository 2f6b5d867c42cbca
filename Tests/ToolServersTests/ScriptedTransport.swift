import FoundationEssentials
import HTTPClient
import JSON
import Synchronization

/// Answers requests by a script and keeps what was sent.
final class ScriptedTransport: HTTPTransport {
    /// What comes back: a status, headers, and the body in pieces, perhaps broken off.
    struct Answer: Sendable {
        var status = 200
        var headers: [(name: String, value: String)] = [("Content-Type", "application/json")]
        var chunks: [Data] = []
        var failure: HTTPFailure?
        /// Goes on sending the last piece until nobody listens.
        var isEndless = false

        static func json(_ value: JSONValue, status: Int = 200) -> Answer {
            Answer(status: status, chunks: [(try? JSONCoding.encode(value)) ?? Data()])  // test values always encode
        }
        static func text(_ text: String, status: Int = 200, type: String = "application/json") -> Answer {
            Answer(status: status, headers: [("Content-Type", type)], chunks: [Data(text.utf8)])
        }
        static func stream(_ text: String, piece: Int = 7) -> Answer {
            let bytes = Array(text.utf8)
            let chunks = stride(from: 0, to: bytes.count, by: piece).map {
                Data(bytes[$0..<min($0 + piece, bytes.count)])
            }
            return Answer(headers: [("Content-Type", "text/event-stream; charset=utf-8")], chunks: chunks)
        }
        static func result(_ id: JSONValue?, _ result: JSONValue) -> Answer {
            .json(["jsonrpc": "2.0", "id": id ?? .null, "result": result])
        }
        static func error(_ id: JSONValue?, _ code: Int64, _ message: String, status: Int = 200) -> Answer {
            .json(
                [
                    "jsonrpc": "2.0", "id": id ?? .null,
                    "error": ["code": .integer(code), "message": .string(message)],
                ], status: status)
        }
        func with(_ name: String, _ value: String) -> Answer {
            var answer = self
            answer.headers.append((name, value))
            return answer
        }
    }

    struct Sent: Sendable {
        var request: HTTPRequest
        var body: JSONValue
        var method: String { body["method"]?.stringValue ?? request.method }
        func header(_ name: String) -> String? { HTTPHeaders(request.headers)[name] }
    }

    private let script: @Sendable (Sent) throws(HTTPFailure) -> Answer
    private let log = Mutex<[Sent]>([])

    init(_ script: @escaping @Sendable (Sent) throws(HTTPFailure) -> Answer) { self.script = script }

    var sent: [Sent] { log.withLock { $0 } }
    var methods: [String] { sent.map(\.method) }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let answer = try take(request)
        if let failure = answer.failure { throw failure }
        return HTTPResponse(
            status: answer.status, headers: HTTPHeaders(answer.headers), body: answer.chunks.reduce(Data(), +))
    }

    func stream(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPStreamingResponse {
        let answer = try take(request)
        let position = Mutex(0)
        let body = AsyncThrowingStream<Data, any Error> {
            let index = position.withLock { index in
                index += 1
                return index - 1
            }
            if index < answer.chunks.count { return answer.chunks[index] }
            if answer.isEndless { return answer.chunks.last }
            if let failure = answer.failure { throw failure }
            return nil
        }
        return HTTPStreamingResponse(status: answer.status, headers: HTTPHeaders(answer.headers), body: body)
    }

    private func take(_ request: HTTPRequest) throws(HTTPFailure) -> Answer {
        let body = request.body.flatMap { try? JSONCoding.decode(JSONValue.self, from: $0) } ?? .null  // GET has none
        let sent = Sent(request: request, body: body)
        log.withLock { $0.append(sent) }
        return try script(sent)
    }
}
