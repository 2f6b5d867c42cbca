/// What can be done about a cause, by the names of the fault catalogue.
public enum Action: String, Codable, Hashable, Sendable, CaseIterable {
    /// Restore the previous replica count.
    case scale
    /// Restart the rollout, the way `kubectl rollout restart` does.
    case restart
    /// Evict one pod, so that its controller makes a new one.
    case replace
    /// Go back to the last revision that was healthy.
    case rollback
    /// Raise a memory limit within its bound, once.
    case memory
    /// Make a Service match its pods, or make a deleted one again.
    case repair
    /// It is recovering by itself.
    case wait
    /// It is intended, or nothing is wrong.
    case none
    /// A person is needed.
    case escalate
}
