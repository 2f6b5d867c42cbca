internal import FoundationEssentials
internal import Synchronization

/// The part of a streamed body that was received and not yet read. When it is full the transfer pauses, so that the
/// server is slowed down by TCP or HTTP/2 instead of anything being dropped. Over HTTP/2 curl may itself hold as much
/// as one stream's window besides; the other transfers on the connection go on.
final class BodyBuffer: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Data?, HTTPFailure>, Never>

    private struct State {
        var chunks: [Data] = []
        var bytes = 0
        var isPaused = false
        var waiter: Waiter?
        var end: Result<Data?, HTTPFailure>?

        mutating func takeAll() -> Data? {
            guard let first = chunks.first else { return nil }
            let data = chunks.count == 1 ? first : chunks.reduce(into: Data(capacity: bytes)) { $0.append($1) }
            chunks = []
            bytes = 0
            return data
        }
    }

    private let state = Mutex(State())
    private let maximumBytes: Int
    private let resume: @Sendable () -> Void

    /// - Parameter resume: called once after each refused chunk, when the reader has made room.
    init(maximumBytes: Int, resume: @escaping @Sendable () -> Void) {
        self.maximumBytes = maximumBytes
        self.resume = resume
    }

    // MARK: - For the thread that receives

    /// False when there is no room: the chunk was not taken. An empty buffer takes a chunk of any size.
    func offer(_ chunk: Data) -> Bool {
        let outcome: (isTaken: Bool, waiter: Waiter?) = state.withLock { state in
            if let waiter = state.waiter {
                state.waiter = nil
                return (true, waiter)
            }
            guard state.bytes == 0 || state.bytes + chunk.count <= maximumBytes else {
                state.isPaused = true
                return (false, nil)
            }
            state.chunks.append(chunk)
            state.bytes += chunk.count
            return (true, nil)
        }
        outcome.waiter?.resume(returning: .success(chunk))
        return outcome.isTaken
    }

    /// The body ended, or it failed; the reader sees it after everything that was received. The first end counts.
    func finish(_ failure: HTTPFailure?) {
        let end: Result<Data?, HTTPFailure> = failure.map { .failure($0) } ?? .success(nil)
        let waiter = state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = end
            let waiter = state.waiter
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: end)
    }

    // MARK: - For the reader

    /// Whether nothing more will be received.
    var hasEnded: Bool { state.withLock { $0.end != nil } }

    /// The bytes received since the last call, or nil at the end.
    func next() async throws(HTTPFailure) -> Data? {
        let result = await withCheckedContinuation { (continuation: Waiter) in
            let outcome: (answer: Result<Data?, HTTPFailure>?, resumes: Bool) = state.withLock { state in
                if let data = state.takeAll() {
                    let wasPaused = state.isPaused
                    state.isPaused = false
                    return (.success(data), wasPaused)
                }
                if let end = state.end { return (end, false) }
                guard state.waiter == nil else { return (.failure(Self.readTwice), false) }
                state.waiter = continuation
                return (nil, false)
            }
            if let answer = outcome.answer { continuation.resume(returning: answer) }
            if outcome.resumes { resume() }
        }
        return try result.get()
    }

    private static let readTwice = HTTPFailure(
        kind: .cancelled, message: "the body is being read by another task", mayHaveBeenSent: true)
}
