public import Kubernetes

/// Cortex's own memory of how many replicas a workload had: the best source when somebody scaled it to zero.
public protocol ReplicaMemory: Sendable {
    /// The workloads of a namespace with their counts as last seen above zero.
    func counts(in namespace: String) async -> [WorkloadReference: Int]
}
