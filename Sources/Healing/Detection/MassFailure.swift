public import Kubernetes

/// More workloads fail at once than have a cause each: a node, the network, a registry, or somebody's command for all.
public struct MassFailure: Hashable, Sendable {
    public struct Limits: Hashable, Sendable {
        /// Of the watched workloads. Default one half.
        public var share = 0.5
        /// On one to three nodes with a handful of workloads two or three faults at once are still so many faults: each
        /// has its own cause and is healed. Four of a handful are not. Default 4.
        public var floor = 4
        /// How long the last one to fail is waited after, in seconds, where several fail. Default 3.
        public var settle = 3.0

        public init() {}
    }

    public var failing: [WorkloadReference]
    public var watched: Int

    /// Nil when no more than the share fails, or fewer than the floor.
    public init?(failing: [WorkloadReference], of watched: Int, limits: Limits) {
        guard failing.count >= limits.floor, Double(failing.count) > limits.share * Double(watched) else { return nil }
        self.failing = failing
        self.watched = watched
    }

    /// `4 of 6 workloads fail at once (Deployment/a in shop, …)`.
    public var summary: String {
        let names = failing.prefix(5).map { "\($0) in \($0.namespace)" }.joined(separator: ", ")
        return "\(failing.count) of \(watched) workloads fail at once (\(names)\(failing.count > 5 ? ", …" : ""))"
    }

    public static let advice =
        "Look for what they share: kubectl get nodes; kubectl get events -A --sort-by=.lastTimestamp; cluster DNS, the "
        + "network, the image registry, or a change that was applied to all of them."
}
