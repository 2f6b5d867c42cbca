public import Healing

/// Cortex's own memory of what the cluster no longer shows: how many replicas a workload had before somebody scaled it
/// to zero, what a Service looked like before somebody deleted it, which templates served, and how long a start takes.
public protocol ReplicaMemory: Sendable {
    func remembered(in namespace: String) async -> Remembered
}
