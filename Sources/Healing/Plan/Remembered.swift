public import Kubernetes

/// What Cortex has seen before and the cluster no longer shows.
public struct Remembered: Sendable {
    /// Replica counts as last seen above zero.
    public var replicas: [WorkloadReference: Int]
    /// Services as last seen, those that are gone among them.
    public var services: [Service]
    /// How long their pods took to start.
    public var startTimes: [WorkloadReference: StartTimes]

    public init(
        replicas: [WorkloadReference: Int] = [:], services: [Service] = [],
        startTimes: [WorkloadReference: StartTimes] = [:]
    ) {
        self.replicas = replicas
        self.services = services
        self.startTimes = startTimes
    }
}
