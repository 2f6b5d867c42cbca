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

    public var readyCount: Int { pods.reduce(0) { $1.isReady ? $0 + 1 : $0 } }

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
        failure = job.condition("Failed").map { $0.message ?? $0.reason ?? "no reason given" }
    }

    /// A CronJob, by what became of its last run.
    init(_ cron: WorkloadReference, failure: String?) {
        self.init(cron, generation: 0, annotations: [:], desired: 0)
        self.failure = failure
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
