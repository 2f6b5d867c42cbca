/// The causes Cortex knows, by the names of the fault catalogue.
public enum CauseID: String, Codable, Hashable, Sendable, CaseIterable {
    case scaledToZero = "scaled-to-zero"
    case zeroOnPurpose = "zero-on-purpose"
    case podDeleted = "pod-deleted"
    case crashNewRevision = "crash-new-revision"
    case crashOnlyRevision = "crash-only-revision"
    case crashTransient = "crash-transient"
    case imageNotFound = "image-not-found"
    case badCommand = "bad-command"
    case oomLimitCut = "oom-limit-cut"
    case hang
    case slowStart = "slow-start"
    case readinessWrongPort = "readiness-wrong-port"
    case serviceSelector = "service-selector"
    case serviceTargetPort = "service-target-port"
    case rolloutRunning = "rollout-running"
    case rolloutPaused = "rollout-paused"
    case forbidden
}
