public import FoundationEssentials
public import Healing
public import Kubernetes

/// Cortex's own memory of what the cluster no longer shows: how many replicas a workload had before somebody scaled it
/// to zero, what a Service looked like before somebody deleted it, and how long a start takes.
public protocol ReplicaMemory: Sendable {
    /// The workloads of a namespace with their counts as last seen above zero.
    func counts(in namespace: String) async -> [WorkloadReference: Int]
    /// When each of them was last there: now, as far as a watch that runs now knows.
    func countTimes(in namespace: String) async -> [WorkloadReference: Date]
    /// The Services of a namespace as last seen, those that are gone among them.
    func services(in namespace: String) async -> [Service]
    /// The hashes of templates whose pods were Ready until they were taken away.
    func servedTemplates(in namespace: String) async -> Set<String>
    /// How long the pods of the namespace's workloads took to start.
    func startTimes(in namespace: String) async -> [WorkloadReference: StartTimes]
}

extension ReplicaMemory {
    public func countTimes(in namespace: String) async -> [WorkloadReference: Date] { [:] }
    public func services(in namespace: String) async -> [Service] { [] }
    public func servedTemplates(in namespace: String) async -> Set<String> { [] }
    public func startTimes(in namespace: String) async -> [WorkloadReference: StartTimes] { [:] }
}
