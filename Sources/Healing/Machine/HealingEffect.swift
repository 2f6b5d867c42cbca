public import Kubernetes

/// What a healing asks the world to do.
public enum HealingEffect: Hashable, Sendable {
    public enum Scope: Hashable, Sendable {
        case everything
        /// The workload, its Service and its endpoints: enough to see a rollout advance.
        case progress(WorkloadReference?)
    }

    /// Read the cluster anew; answered by `observed` or `unreadable`.
    case observe(Scope)
    /// Tell when something around this workload changes, until the healing ends.
    case watch(WorkloadReference)
    /// Ask the service; `deep` asks for work and not only for a sign of life, and asks each pod too.
    case probe(deep: Bool)
    /// Keep every other Cortex of the cluster from this workload until the healing ends; answered by `leaseTaken`,
    /// `leaseHeld` or `leaseUnknown`.
    case takeLease(WorkloadReference)
    case write(ClusterWrite)
    /// Record a write on its object, as a Kubernetes Event.
    case record(object: ObjectReference, reason: String, message: String)
    /// For the person who watches.
    case say(String)
    case finish(HealingOutcome)
}
