public import Kubernetes

/// A Deployment, StatefulSet, DaemonSet, bare ReplicaSet or bare Pod, in the terms they share.
public struct Workload: Hashable, Sendable {
    public var reference: WorkloadReference
    public var object: ObjectReference
    public var metadata: ObjectMeta
    /// Nil for a bare pod, whose spec is its own.
    public var template: PodTemplate?
    public var podSpec: PodSpec
    /// The labels its pods are born with.
    public var podLabels: [String: String]
    public var selector: LabelSelector
    /// How many pods there should be (for a DaemonSet: on how many nodes).
    public var desired: Int
    public var ready: Int
    /// Pods of the current template; nil where the kind does not count them.
    public var updated: Int?
    /// How many pods its controller leaves at an older template by itself.
    public var heldBack = 0
    /// All pods, whatever their template; nil where the kind does not count them.
    public var replicas: Int?
    public var conditions: [Condition]
    public var isPaused: Bool
    /// The controller has seen the current spec.
    public var isObserved: Bool
    public var minReadySeconds: Int
    /// 600 where the kind has none, as for a Deployment by default.
    public var progressDeadlineSeconds: Int

    /// The Deployment's own deadline for progress passed, and nothing has changed since.
    public var isLate: Bool { isObserved && condition("Progressing")?.reason == "ProgressDeadlineExceeded" }

    /// Work that is to end, and not a service that is to stay.
    public var isBatch: Bool { reference.kind == .job || reference.kind == .cronJob }

    /// The condition of this type, if it is there.
    public func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }

    init(_ deployment: Deployment) {
        let spec = deployment.spec
        let status = deployment.status
        self.init(
            kind: .deployment, object: deployment, template: spec.template, selector: spec.selector,
            desired: spec.replicas ?? 1, ready: status?.readyReplicas ?? 0, conditions: status?.conditions ?? [],
            observed: status?.observedGeneration)
        updated = status?.updatedReplicas ?? 0
        replicas = status?.replicas ?? 0
        isPaused = spec.paused ?? false
        minReadySeconds = spec.minReadySeconds ?? 0
        progressDeadlineSeconds = spec.progressDeadlineSeconds ?? 600
    }

    init(_ set: StatefulSet) {
        self.init(
            kind: .statefulSet, object: set, template: set.spec.template, selector: set.spec.selector,
            desired: set.spec.replicas ?? 1, ready: set.status?.readyReplicas ?? 0,
            conditions: set.status?.conditions ?? [], observed: set.status?.observedGeneration)
        // A finished StatefulSet resets its count of updated pods; the revisions being one says the same.
        let isOneRevision = set.status?.currentRevision == set.status?.updateRevision
        updated = isOneRevision ? set.status?.replicas : set.status?.updatedReplicas ?? 0
        replicas = set.status?.replicas ?? 0
        heldBack = set.spec.updateStrategy?.heldBack(of: desired) ?? 0
    }

    init(_ set: DaemonSet) {
        self.init(
            kind: .daemonSet, object: set, template: set.spec.template, selector: set.spec.selector,
            desired: set.status?.desiredNumberScheduled ?? 0, ready: set.status?.numberReady ?? 0,
            conditions: set.status?.conditions ?? [], observed: set.status?.observedGeneration)
        updated = set.status?.updatedNumberScheduled ?? 0
        heldBack = set.spec.updateStrategy?.heldBack(of: desired) ?? 0
    }

    /// - Returns: nil for a ReplicaSet without a template, which no API server sends.
    init?(_ set: ReplicaSet) {
        guard let template = set.spec.template else { return nil }
        self.init(
            kind: .replicaSet, object: set, template: template, selector: set.spec.selector,
            desired: set.spec.replicas ?? 1, ready: set.status?.readyReplicas ?? 0,
            conditions: set.status?.conditions ?? [], observed: set.status?.observedGeneration)
        replicas = set.status?.replicas ?? 0
    }

    init(_ pod: Pod) {
        self.init(
            kind: .pod, object: pod, spec: pod.spec, labels: pod.metadata.labels ?? [:],
            selector: LabelSelector(matchLabels: pod.metadata.labels ?? [:]), desired: 1, ready: pod.isReady ? 1 : 0,
            conditions: [], observed: nil)
    }

    init(_ job: Job) {
        let isWaiting = job.isFinished || job.spec.suspend == true
        self.init(
            kind: .job, object: job, template: job.spec.template,
            selector: LabelSelector(matchLabels: ["job-name": job.name]),
            desired: isWaiting ? 0 : max(1, job.spec.parallelism ?? 1), ready: job.status?.active ?? 0,
            conditions: job.status?.conditions ?? [], observed: nil)
    }

    /// Between two runs it asks for no pods.
    init(_ cron: CronJob) {
        self.init(
            kind: .cronJob, object: cron, template: cron.spec.jobTemplate.spec.template, selector: LabelSelector(),
            desired: 0, ready: cron.status?.active?.count ?? 0, conditions: [], observed: nil)
    }

    private init(
        kind: WorkloadReference.Kind, object: some KubernetesObject, template: PodTemplate, selector: LabelSelector,
        desired: Int, ready: Int, conditions: [Condition], observed: Int64?
    ) {
        self.init(
            kind: kind, object: object, spec: template.spec, labels: template.metadata?.labels ?? [:],
            selector: selector, desired: desired, ready: ready, conditions: conditions, observed: observed)
        self.template = template
    }

    private init(
        kind: WorkloadReference.Kind, object: some KubernetesObject, spec: PodSpec, labels: [String: String],
        selector: LabelSelector, desired: Int, ready: Int, conditions: [Condition], observed: Int64?
    ) {
        reference = WorkloadReference(kind: kind, namespace: object.namespace, name: object.name)
        self.object = object.reference
        metadata = object.metadata
        podSpec = spec
        podLabels = labels
        self.selector = selector
        self.desired = desired
        self.ready = ready
        self.conditions = conditions
        isPaused = false
        minReadySeconds = 0
        progressDeadlineSeconds = 600
        isObserved = observed.map { $0 >= object.metadata.generation ?? 0 } ?? true
    }
}
