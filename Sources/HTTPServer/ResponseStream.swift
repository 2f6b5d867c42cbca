/// A response body that stays open. The server calls `opened` once its head is queued and `closed` once it is over.
///
/// Both are called on the event loop and must return at once. `closed` is called exactly once for every stream given to
/// the server, also for one that never opened: the request was HEAD, or its client had left before the answer.
public struct ResponseStream: Sendable {
    public let opened: @Sendable (any ResponseWriting) -> Void
    public let closed: @Sendable () -> Void

    public init(
        opened: @escaping @Sendable (any ResponseWriting) -> Void, closed: @escaping @Sendable () -> Void = {}
    ) {
        self.opened = opened
        self.closed = closed
    }
}

/// The writing end of an open body. Any thread may write; the event loop sends.
public protocol ResponseWriting: Sendable {
    /// Queues bytes. Returns false when the stream is over: its client left, was too slow, or the server stops.
    @discardableResult func write(_ bytes: [UInt8]) -> Bool
    /// Ends the body after what is queued.
    func finish()
}
