public import FoundationEssentials
public import Healing
public import Kubernetes

/// A change of the cluster that is on disk before it is sent, and what became of it.
public struct HealingIntent: Codable, Hashable, Sendable, Identifiable {
    public enum End: String, Codable, Hashable, Sendable {
        case done
        /// The API server said no, or never got it.
        case refused
        /// No answer, or Cortex ended before it came; the cluster itself tells.
        case unknown
        /// Seen to have been carried out by the Cortex that started after.
        case foundDone = "found-done"
        /// Seen not to have been carried out.
        case foundUndone = "found-undone"
    }

    public var id: String
    public var incident: String
    public var workload: WorkloadReference
    public var write: ClusterWrite
    public var trigger: HealingTrigger
    /// It takes back an earlier one, which no budget keeps from.
    public var isUndo: Bool
    public var at: Date
    /// Nil while nobody knows.
    public var end: End?

    /// As the budgets count it.
    var attempt: HealingAttempt { HealingAttempt(workload: workload, action: write.action, trigger: trigger, at: at) }
}
