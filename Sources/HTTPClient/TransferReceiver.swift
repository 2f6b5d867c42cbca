/// Who waits for a transfer.
enum TransferReceiver: Sendable {
    typealias Continuation = CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>

    /// Waits for the complete answer.
    case whole(Continuation)
    /// Waits for the head, then reads the body from the buffer.
    case streamed(Continuation, BodyBuffer)
    /// Waits for the complete answer where its head announces a short body, else for the head.
    case either(Continuation, BodyBuffer)
    /// Has the head and reads the body.
    case body(BodyBuffer)

    /// Tells whoever waits that there is no answer, or no more of it.
    func fail(_ failure: HTTPFailure) {
        switch self {
        case .whole(let continuation): continuation.resume(returning: .failure(failure))
        case .streamed(let continuation, let buffer), .either(let continuation, let buffer):
            continuation.resume(returning: .failure(failure))
            buffer.finish(failure)
        case .body(let buffer): buffer.finish(failure)
        }
    }
}
