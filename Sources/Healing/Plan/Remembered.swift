public import Diagnosis
public import Kubernetes

/// What Cortex has seen before and the cluster no longer shows.
public struct Remembered: Sendable {
    /// Replica counts as last seen above zero.
    public var replicas: [WorkloadReference: RememberedCount]
    /// Services as last seen, those that are gone among them.
    public var services: [Service]
    /// The hashes of templates whose pods were Ready until they were taken away.
    public var servedTemplates: Set<String>
    /// How long their pods took to start.
    public var startTimes: [WorkloadReference: StartTimes]

    public init(
        replicas: [WorkloadReference: RememberedCount] = [:],
        services: [Service] = [], servedTemplates: Set<String> = [], startTimes: [WorkloadReference: StartTimes] = [:]
    ) {
        self.replicas = replicas
        self.services = services
        self.servedTemplates = servedTemplates
        self.startTimes = startTimes
    }
}

extension Snapshot {
    /// Adds what the cluster no longer shows.
    public mutating func recall(_ remembered: Remembered) {
        rememberedCounts = remembered.replicas
        served = remembered.servedTemplates
    }
}
