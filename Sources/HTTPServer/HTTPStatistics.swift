/// What the server has done since it started. Counted before the answer goes out.
public struct HTTPStatistics: Sendable, Equatable {
    public var connectionsAccepted = 0
    public var connectionsOpen = 0
    /// Closed between two requests, because nothing came for too long.
    public var connectionsIdleClosed = 0
    /// How often the server stopped accepting for a while: no descriptors left, or all connections taken.
    public var listenerParked = 0
    /// Requests that reached the handler.
    public var requests = 0
    /// Requests (and connections) that did not, by the reason.
    public var refused: [Refusal: Int] = [:]
    /// Answers given up because the client did not take them.
    public var answersStalled = 0
    public var streamsOpened = 0
    public var streamsOpen = 0
    /// Streams dropped because their client read too slowly.
    public var streamsDroppedSlow = 0
    /// Streams whose client left before their end.
    public var streamsAbandoned = 0
    public var bytesRead = 0
    public var bytesWritten = 0

    public init() {}
}
