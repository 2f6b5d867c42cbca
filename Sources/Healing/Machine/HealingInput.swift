public import Diagnosis
public import FoundationEssentials
public import Kubernetes

/// What happens to a healing from outside.
public enum HealingInput: Sendable {
    /// The cluster as it is now.
    case observed(Snapshot)
    /// The cluster could not be read: nothing is known about it.
    case unreadable(APIError)
    /// Something around the workload changed, or a watch began anew.
    case changed
    /// The time the machine asked to be woken at has come.
    case woke
    /// How the service answered, and each of its pods where they could be asked one by one.
    case answered(ServiceAnswer, pods: [String: ServiceAnswer])
    /// No other Cortex changes the workload since then; the distant past where nobody else can.
    case leaseTaken(since: Date)
    /// Another Cortex is at the workload.
    case leaseHeld(by: String)
    /// Whether one is cannot be told.
    case leaseUnknown(APIError)
    case written
    case refused(APIError)
    /// Cortex itself does not allow the write: it was not sent.
    case denied(reason: String, advice: String?)
}
