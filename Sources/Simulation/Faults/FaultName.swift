/// The faults that can be injected, by the names of the fault catalogue.
public enum FaultName: String, CaseIterable, Hashable, Sendable {
    // The workload.
    case scaledToZero = "scaled-to-zero"
    case podDeleted = "pod-deleted"
    case podFailedLeftover = "pod-failed-leftover"
    case crashNewRevision = "crash-new-revision"
    case crashOnlyRevision = "crash-only-revision"
    case crashTransient = "crash-transient"
    case badCommand = "bad-command"
    case imageNotFound = "image-not-found"
    case imageRegistryDown = "image-registry-down"
    case imageNever = "image-never"
    case imageInvalid = "image-invalid"
    case pullSecretMissing = "pull-secret-missing"
    case configMapMissing = "configmap-missing"
    case secretMissing = "secret-missing"
    case initHangs = "init-hangs"
    case initCrashes = "init-crashes"
    case securityContext = "security-context"
    case serviceAccountMissing = "service-account-missing"
    case oomLimitCut = "oom-limit-cut"
    case oomLimitLow = "oom-limit-low"
    case oomLeak = "oom-leak"
    case hang
    case slowStart = "slow-start"
    case readinessWrongPort = "readiness-wrong-port"
    case livenessWrong = "liveness-wrong"
    case rolloutStuck = "rollout-stuck"
    case statefulSetStuck = "statefulset-stuck"
    case daemonSetStuck = "daemonset-stuck"
    case jobFailed = "job-failed"
    case cronJobBlocked = "cronjob-blocked"
    // The way to it.
    case serviceSelector = "service-selector"
    case serviceTargetPort = "service-target-port"
    case serviceDeleted = "service-deleted"
    case networkPolicy = "network-policy"
    case dnsDown = "dns-down"
    case dependencyDown = "dependency-down"
    case dependencyMissing = "dependency-missing"
    // What it may not have.
    case nodeSelector = "node-selector"
    case taint
    case antiAffinity = "anti-affinity"
    case requestTooBig = "request-too-big"
    case nodeFull = "node-full"
    case quotaExceeded = "quota-exceeded"
    case limitRange = "limit-range"
    case claimPending = "pvc-pending"
    case webhookDown = "webhook-down"
    case rbacRevoked = "rbac-revoked"
    case ghostNode = "ghost-node"
    case hpaMaxed = "hpa-maxed"
    case hpaBlind = "hpa-blind"
    // The machine.
    case nodeNotReady = "node-not-ready"
    case runtimeDown = "runtime-down"
    case diskPressure = "disk-pressure"
    case controlPlaneSlow = "control-plane-slow"
    case controlPlaneGone = "control-plane-gone"
    // Traps.
    case zeroOnPurpose = "zero-on-purpose"
    case rolloutRunning = "rollout-running"
    case rolloutPaused = "rollout-paused"
    case nodeDrained = "node-drained"
    case pdbBlocks = "pdb-blocks"
    case gitopsOwned = "gitops-owned"
    case hpaOwnsReplicas = "hpa-owns-replicas"
    case humanEditing = "human-editing"
    case jobCompleted = "job-completed"
    case suspended
    case healthy
    case noise
    case massFailure = "mass-failure"
    case flapping
    case forbidden
}
