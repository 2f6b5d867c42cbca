public import FoundationEssentials
public import Kubernetes

/// What Cortex has seen before and the cluster no longer shows.
public struct Remembered: Sendable {
    /// Replica counts as last seen above zero, maybe before the program started.
    public var replicas: [WorkloadReference: Int]
    /// When they were last seen, where that is known.
    public var replicaTimes: [WorkloadReference: Date]
    /// Services as last seen, those that are gone among them.
    public var services: [Service]
    /// The hashes of templates whose pods were Ready until they were taken away.
    public var servedTemplates: Set<String>
    /// How long their pods took to start.
    public var startTimes: [WorkloadReference: StartTimes]

    public init(
        replicas: [WorkloadReference: Int] = [:], replicaTimes: [WorkloadReference: Date] = [:],
        services: [Service] = [], servedTemplates: Set<String> = [], startTimes: [WorkloadReference: StartTimes] = [:]
    ) {
        self.replicas = replicas
        self.replicaTimes = replicaTimes
        self.services = services
        self.servedTemplates = servedTemplates
        self.startTimes = startTimes
    }
}
