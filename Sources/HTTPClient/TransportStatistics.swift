/// What a transport has done since it was made.
public struct TransportStatistics: Sendable, Hashable {
    /// Transfers that ended with a complete answer.
    public var completed = 0
    /// Transfers that ended in a failure, cancelled ones included.
    public var failed = 0
    /// Transfers refused because too many waited already; they count as failed too.
    public var refused = 0
    /// Sockets opened, those that did not connect included; the fewer for the same transfers, the more were reused.
    public var connections = 0

    public init() {}
}
