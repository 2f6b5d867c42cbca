public import FoundationEssentials
public import Kubernetes

/// One workload as the watches show it, with its pods and the Services that lead to it.
public struct WatchedWorkload: Hashable, Sendable {
    /// A Service that leads to the workload, or led to it before somebody changed or deleted it.
    public struct Front: Hashable, Sendable {
        public enum State: Hashable, Sendable {
            case leading
            /// Its selector finds no workload any more.
            case astray
            case deleted
        }
        public var name: String
        public var state: State
        /// Ready addresses behind it.
        public var addresses: Int
        /// Differs after each change of its selector or ports; nil when none was seen.
        public var change: String?
    }

    /// A run of a CronJob that goes on although others are due.
    public struct LateRun: Hashable, Sendable {
        public var name: String
        public var begin: Date
        /// From when on it is one too long.
        public var from: Date
    }

    public var reference: WorkloadReference
    /// Moves with every change of the spec.
    public var generation: Int64
    public var annotations: [String: String]
    /// How many pods there should be.
    public var desired: Int
    /// The count as last seen above zero; nil when it never was.
    public var remembered: Int?
    /// A change of the template or the count is being carried out and within its time.
    public var isRollingOut: Bool
    /// The rollout made no progress within its deadline.
    public var isLate: Bool
    /// Why the API server refuses to create its pods.
    public var refusal: String?
    /// Why a Job gave up.
    public var failure: String?
    /// Pods that are neither leaving nor finished.
    public var pods: [WatchedPod]
    public var fronts: [Front]
    /// The run that keeps a CronJob's others from starting.
    public var lateRun: LateRun?
    /// A Job that has not made a single pod.
    public var lacksPods = false
    /// Autoscalers of it that have something to tell.
    var scalers: [WatchedScaler] = []
    /// The nodes under its pods that have something to tell, by name.
    var nodes: [String: WatchedNode] = [:]

    public var readyCount: Int { pods.reduce(0) { $1.isReady ? $0 + 1 : $0 } }

    /// Work that is to end, and not a service that is to stay.
    var isBatch: Bool { reference.kind == .job || reference.kind == .cronJob }

    /// When something becomes a symptom without any change.
    func nextSymptom(after now: Date) -> Date? { lateRun.flatMap { $0.from > now ? $0.from : nil } }

    /// What `cortex.io/heal` says on the workload itself.
    public var mode: HealMode? { HealMode(annotations: annotations) }

    init(_ deployment: Deployment) {
        let (spec, status) = (deployment.spec, deployment.status)
        self.init(.deployment, deployment, desired: spec.replicas ?? 1)
        let progressing = status?.conditions?.first { $0.type == "Progressing" }
        isLate = progressing?.reason == "ProgressDeadlineExceeded"
        // A Deployment that was complete keeps this reason while single pods come and go.
        let wasComplete = progressing?.reason == "NewReplicaSetAvailable"
        let isObserved = status?.observedGeneration ?? 0 >= deployment.metadata.generation ?? 0
        isRollingOut = !isObserved || !isLate && !wasComplete && spec.paused != true
        let failure = status?.conditions?.first { $0.type == "ReplicaFailure" && $0.status == "True" }
        refusal = failure.map { $0.message ?? $0.reason ?? "no reason given" }
    }

    init(_ set: StatefulSet) {
        self.init(.statefulSet, set, desired: set.spec.replicas ?? 1)
        let isObserved = set.status?.observedGeneration ?? 0 >= set.metadata.generation ?? 0
        isRollingOut = !isObserved || set.status?.currentRevision != set.status?.updateRevision
    }

    init(_ set: DaemonSet) {
        self.init(.daemonSet, set, desired: set.status?.desiredNumberScheduled ?? 0)
        let isObserved = set.status?.observedGeneration ?? 0 >= set.metadata.generation ?? 0
        isRollingOut = !isObserved || set.status?.updatedNumberScheduled ?? 0 < desired
    }

    /// A Job is missed by nobody; that it gave up is to be told.
    init(_ job: Job) {
        self.init(.job, job, desired: 0)
        failure = Self.failure(of: job)
        let made = (job.status?.active ?? 0) + (job.status?.succeeded ?? 0) + (job.status?.failed ?? 0)
        lacksPods = !job.isFinished && job.spec.suspend != true && made == 0
    }

    static func failure(of job: Job) -> String? {
        job.condition("Failed").map { $0.message ?? $0.reason ?? "no reason given" }
    }

    /// A CronJob, by what became of its last run and what becomes of the one that goes on.
    /// - Parameter cron: nil where CronJobs may not be seen.
    init(_ reference: WorkloadReference, _ cron: WatchedCron?, runs: [WatchedRun]) {
        self.init(reference, generation: cron?.generation ?? 0, annotations: cron?.annotations ?? [:], desired: 0)
        failure = runs.filter(\.isFinished).max { $0.createdAt < $1.createdAt }?.failure
        let active = runs.filter { !$0.isFinished }.min { $0.createdAt < $1.createdAt }
        if let active, let from = cron?.late(active) {
            lateRun = LateRun(name: active.name, begin: active.createdAt, from: from)
        }
    }

    /// A pod that no controller owns.
    init(_ pod: Pod) {
        self.init(.pod, pod, desired: 1)
        pods = [WatchedPod(pod)].filter { !$0.isOver }
    }

    private init(_ kind: WorkloadReference.Kind, _ object: some KubernetesObject, desired: Int) {
        self.init(
            WorkloadReference(kind: kind, namespace: object.namespace, name: object.name),
            generation: object.metadata.generation ?? 0,
            annotations: (object.metadata.annotations ?? [:]).filter { !$0.key.hasPrefix("deployment.kubernetes.io/") },
            desired: desired)
    }

    private init(_ reference: WorkloadReference, generation: Int64, annotations: [String: String], desired: Int) {
        self.reference = reference
        self.generation = generation
        self.annotations = annotations
        self.desired = desired
        isRollingOut = false
        isLate = false
        pods = []
        fronts = []
    }
}
