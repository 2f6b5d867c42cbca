import FoundationEssentials
import HTTPClient
import Synchronization

/// Answers from a closure and remembers what it was asked.
final class FakeTransport: HTTPTransport {
    typealias Answer = Result<HTTPResponse, HTTPFailure>

    private let answer: @Sendable (HTTPRequest, Int) -> Answer
    private let asked = Mutex<[HTTPRequest]>([])

    /// - Parameter answer: gets the request and how many came before it.
    init(_ answer: @escaping @Sendable (HTTPRequest, Int) -> Answer) { self.answer = answer }

    /// One answer after the other, the last one for ever.
    convenience init(_ answers: Answer...) {
        self.init { _, index in answers[min(index, answers.count - 1)] }
    }

    var requests: [HTTPRequest] { asked.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse { try take(request).get() }

    func stream(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPStreamingResponse {
        let response = try take(request).get()
        // Small pieces, so that lines do not end where pieces do.
        let bytes = Array(response.body)
        let pieces = stride(from: 0, to: bytes.count, by: 7).map { Data(bytes[$0..<min($0 + 7, bytes.count)]) }
        let (body, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
        for piece in pieces { continuation.yield(piece) }
        let broken = response.headers["X-Breaks"].map {
            HTTPFailure(kind: .timeout, message: $0, mayHaveBeenSent: true)
        }
        continuation.finish(throwing: broken)
        return HTTPStreamingResponse(status: response.status, headers: response.headers, body: body)
    }

    private func take(_ request: HTTPRequest) -> Answer {
        let index = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        return answer(request, index)
    }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
    static func ok(_ body: String = "{}") -> Self { .success(HTTPResponse(status: 200, body: Data(body.utf8))) }

    static func status(_ code: Int, _ body: String = "", headers: [(name: String, value: String)] = []) -> Self {
        .success(HTTPResponse(status: code, headers: HTTPHeaders(headers), body: Data(body.utf8)))
    }

    static func failed(_ kind: HTTPFailure.Kind, sent: Bool) -> Self {
        .failure(HTTPFailure(kind: kind, message: kind.rawValue, mayHaveBeenSent: sent))
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? { HTTPHeaders(headers)[name] }
}
