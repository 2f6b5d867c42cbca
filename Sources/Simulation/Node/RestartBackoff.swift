/// How long the kubelet waits before it starts a container again: 10 s, doubled up to 300 s, and 10 s again after ten
/// minutes without an end.
/// Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
struct RestartBackoff: Hashable, Sendable {
    private(set) var delay = 0.0
    /// The kubelet's `crashLoopBackOff.maxContainerRestartPeriod`.
    private let most: Double

    static let first = 10.0
    static let most = 300.0
    static let forgottenAfter = 600.0

    init(most: Double = Self.most) { self.most = most }

    /// - Parameter ran: seconds from the last start to its end.
    /// - Returns: seconds from the end to the next start; none after the first end.
    mutating func next(after ran: Double) -> Double {
        if ran >= Self.forgottenAfter { delay = 0 }
        defer { delay = min(most, delay == 0 ? Self.first : delay * 2) }
        return delay
    }
}

/// Time between tries to pull an image, and of what else the kubelet tries again: 10 s, doubled up to 300 s.
struct PullBackoff: Hashable, Sendable {
    private var delay = 0.0

    mutating func next() -> Double {
        delay = delay == 0 ? RestartBackoff.first : min(RestartBackoff.most, delay * 2)
        return delay
    }
}
