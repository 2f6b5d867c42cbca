/// How the API server misbehaves towards its clients; controllers and kubelets are not touched. Shares are of 1.
public struct APIFaults: Hashable, Sendable {
    /// Requests that are refused with 429 and `Retry-After: 1`.
    public var tooManyRequests = 0.0
    /// Requests that are answered with 500.
    public var internalErrors = 0.0
    /// Requests whose answer never comes and that had no effect.
    public var lostBefore = 0.0
    /// Requests whose answer never comes and that did have their effect.
    public var lostAfter = 0.0
    /// Requests that are answered late, by `slowSeconds`.
    public var slow = 0.0
    public var slowSeconds = 5.0
    /// Reads without a resourceVersion that see the cluster as it was five changes ago: a lagging watch cache.
    public var stale = 0.0
    /// Watch events that are never sent, sent twice, or sent after the one that follows.
    public var droppedEvents = 0.0
    public var duplicatedEvents = 0.0
    public var reorderedEvents = 0.0
    /// Chance at each look that a watch is cut.
    public var disconnects = 0.0
    /// Nothing answers: connections are refused.
    public var isGone = false

    public init() {}

    public static let none = APIFaults()

    var isQuiet: Bool { self == .none }
}

/// What comes of one request.
public enum APIOutcome: Sendable {
    /// - Parameter after: seconds until it is sent.
    case answer(APIAnswer, after: Double)
    /// No answer ever comes; the client must find out itself whether the request had its effect.
    case lost
    /// The connection is refused.
    case unreachable
}
