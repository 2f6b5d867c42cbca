internal import FoundationEssentials

/// Reads a body for one consumer. Its end, for whatever reason, ends the transfer.
final class BodyReader: Sendable {
    private let buffer: BodyBuffer
    private let cancel: @Sendable () -> Void

    init(buffer: BodyBuffer, cancel: @escaping @Sendable () -> Void) {
        self.buffer = buffer
        self.cancel = cancel
    }

    deinit {
        if !buffer.hasEnded { cancel() }
    }

    func next() async throws(HTTPFailure) -> Data? {
        let (buffer, cancel) = (self.buffer, self.cancel)
        let result = await withTaskCancellationHandler {
            do throws(HTTPFailure) {
                return Result<Data?, HTTPFailure>.success(try await buffer.next())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            cancel()
            buffer.finish(
                HTTPFailure(kind: .cancelled, message: "reading the answer was cancelled", mayHaveBeenSent: true))
        }
        return try result.get()
    }
}
