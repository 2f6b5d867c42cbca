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

    // The workload.
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
    /// Out of memory at a limit that the template did not cut.
    case oomLimitLow = "oom-limit-low"
    /// Out of memory again although Cortex raised the limit.
    case oomLeak = "oom-leak"
    case livenessWrong = "liveness-wrong"
    case rolloutStuck = "rollout-stuck"
    case statefulSetStuck = "statefulset-stuck"
    case daemonSetStuck = "daemonset-stuck"
    case jobFailed = "job-failed"
    case cronJobBlocked = "cronjob-blocked"
    case suspended
    /// Somebody deletes the workload, or its whole namespace.
    case beingDeleted = "being-deleted"
    /// A controller that Cortex does not know (Argo Rollouts and the like) owns the pods.
    case foreignController = "foreign-controller"
    /// The kubelet refuses every pod that is made.
    case podRejected = "pod-rejected"
    /// Pods are evicted for what they themselves take of the disk.
    case podEvicted = "pod-evicted"
    case volumeNotMounted = "volume-not-mounted"
    /// A pod is being deleted and cannot go, so that its successor cannot come.
    case podStuckLeaving = "pod-stuck-leaving"
    /// A condition of its own that somebody else has to set keeps the pod from being Ready.
    case readinessGate = "readiness-gate"

    // The way to it.
    case serviceDeleted = "service-deleted"
    /// It leads by name or by hand-made addresses to where none of the pods are.
    case serviceElsewhere = "service-elsewhere"
    case serviceProtocol = "service-protocol"
    /// It is asked at a port that it does not have.
    case servicePort = "service-port"
    /// Ready pods whose process listens on another port or address.
    case notListening = "not-listening"
    /// Ready pods that answer with an error, or not in the service's protocol.
    case badAnswer = "bad-answer"
    case workloadMissing = "workload-missing"
    case dnsDown = "dns-down"
    case networkPolicy = "network-policy"
    case dependencyDown = "dependency-down"
    case dependencyMissing = "dependency-missing"
    case budgetBlocks = "pdb-blocks"

    // What it may not have, and the machine.
    case nodeSelector = "node-selector"
    case taint
    case antiAffinity = "anti-affinity"
    /// The pods want others beside them that are nowhere.
    case podAffinity = "pod-affinity"
    case topologySpread = "topology-spread"
    /// Another pod holds the port of the node itself that the pods want.
    case hostPort = "host-port"
    case requestTooBig = "request-too-big"
    case nodeFull = "node-full"
    case quotaExceeded = "quota-exceeded"
    case limitRange = "limit-range"
    case claimPending = "pvc-pending"
    /// A bound claim's volume is where the pods find no room.
    case volumeElsewhere = "volume-elsewhere"
    case webhookDown = "webhook-down"
    /// The node cannot make the network, or does not have the runtime, that the pods need.
    case sandboxFailed = "sandbox-failed"
    case ghostNode = "ghost-node"
    case nodeNotReady = "node-not-ready"
    case nodeDrained = "node-drained"
    case runtimeDown = "runtime-down"
    case diskPressure = "disk-pressure"
    case memoryPressure = "memory-pressure"
    case rbacRevoked = "rbac-revoked"
    case autoscalerMaxed = "hpa-maxed"
    case autoscalerBlind = "hpa-blind"
    /// The API that autoscalers read their figures from does not answer.
    case metricsDown = "metrics-down"

    /// Whether one thing of the whole cluster is at fault, so that everybody who shows it is its victim: it is told
    /// once.
    public var isOfCluster: Bool {
        switch self {
        case .metricsDown, .dnsDown, .webhookDown: true
        case .nodeNotReady, .runtimeDown, .diskPressure, .memoryPressure, .nodeDrained, .sandboxFailed: true
        default: false
        }
    }
    /// Whether it keeps an autoscaler from its work; the pods may serve all the same.
    public var isOfScaling: Bool { [.autoscalerMaxed, .autoscalerBlind, .metricsDown].contains(self) }
}
