/// Sends HTTP requests with libcurl, all on one thread of its own.
///
/// Connections are reused and, where the server offers HTTP/2, shared by many transfers at once. Redirects are not
/// followed, bodies come as they were sent, and neither the environment nor any file changes how a request is made.
/// A request that changes something is sent at most once: where curl would quietly repeat it on a new connection, it
/// fails with `connectionReset` and `mayHaveBeenSent`.
///
/// Without its owner the transport ends as `shutdown` ends it.
public final class CurlTransport: HTTPTransport {
    private let mailbox: CurlMailbox

    /// Starts the thread. If the system gives none, every request fails with a message that says so.
    public init(limits: TransportLimits = TransportLimits()) {
        mailbox = CurlMailbox()
        CurlLoop.start(mailbox: mailbox, limits: limits)
    }

    deinit { mailbox.stop() }

    /// Ends the thread; whatever is in flight or comes later fails with `cancelled`. Returns at once.
    public func shutdown() { mailbox.stop() }

    /// Counted since the start.
    public var statistics: TransportStatistics { mailbox.statistics }

    public func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        try await deliver(request) { .whole($0) }
    }

    public func stream(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPStreamingResponse {
        let id = mailbox.nextID()
        let buffer = buffer(for: request, id)
        return read(buffer, id, after: try await deliver(request, id: id) { .streamed($0, buffer) })
    }

    public func answer(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer {
        let id = mailbox.nextID()
        let buffer = buffer(for: request, id)
        let response = try await deliver(request, id: id) { .either($0, buffer) }
        return response.headers.announceShortBody ? .whole(response) : .stream(read(buffer, id, after: response))
    }

    private func buffer(for request: HTTPRequest, _ id: UInt64) -> BodyBuffer {
        let mailbox = self.mailbox
        return BodyBuffer(maximumBytes: request.maximumBodyBytes) { mailbox.post(.resume(id)) }
    }

    private func read(_ buffer: BodyBuffer, _ id: UInt64, after head: HTTPResponse) -> HTTPStreamingResponse {
        let mailbox = self.mailbox
        let reader = BodyReader(buffer: buffer) { mailbox.post(.cancel(id)) }
        return HTTPStreamingResponse(
            status: head.status, headers: head.headers, body: AsyncThrowingStream { try await reader.next() })
    }

    private func deliver(
        _ request: HTTPRequest, id: UInt64? = nil, _ receiver: (TransferReceiver.Continuation) -> TransferReceiver
    ) async throws(HTTPFailure) -> HTTPResponse {
        let id = id ?? mailbox.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: TransferReceiver.Continuation) in
                if !mailbox.post(.start(id, request, receiver(continuation))) {
                    continuation.resume(returning: .failure(mailbox.stoppedFailure))
                }
                // A cancellation that came before the start was posted found nothing to cancel.
                if Task.isCancelled { mailbox.post(.cancel(id)) }
            }
        } onCancel: {
            mailbox.post(.cancel(id))
        }
        return try result.get()
    }
}
