/// What is read only when a rule asks for it, in a second look. The right to it is optional: without it the finding is
/// lost and the diagnosis is not.
public enum FurtherRead: String, Codable, Hashable, Sendable, CaseIterable {
    /// PersistentVolumeClaims, for pods that wait for one.
    case claims
    /// NetworkPolicies, for Ready pods that cannot be reached.
    case networkPolicies
    /// PodDisruptionBudgets, for pods that may have to be evicted.
    case budgets
    /// Jobs and CronJobs, for a target that is one, or that nothing else explains.
    case jobs
    /// ControllerRevisions, for a StatefulSet or DaemonSet that is not in order.
    case revisions
    /// ResourceQuotas, for pods that one refuses.
    case quotas
    /// LimitRanges, for pods that one refuses.
    case limitRanges
    /// Who wrote which key of a ConfigMap when, for pods that fail and read one.
    case configMaps
    /// The logs of Ready pods, for a service that answers with errors.
    case readyLogs
    /// What containers take of memory now, for those that were killed for want of it.
    case memory
}
