import Diagnosis
import Kubernetes

/// How far a workload and the service in front of it have come: what `kubectl rollout status` looks at, and endpoints.
/// Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
struct RolloutProgress: Hashable {
    /// The controller has seen the last write.
    var isObserved: Bool
    /// The controller has seen the last write and every wanted pod is up to date and available.
    var isComplete: Bool
    /// The service has an address to send requests to. True where there is no Service, or one without a selector.
    var isReachable: Bool
    /// Pods that are ready, of whatever revision.
    var ready: Int
    /// For a person: `1 of 2 replicas ready`.
    var summary: String

    init(of workload: WorkloadReference, service: String, in snapshot: Snapshot) {
        let counts = Self.counts(of: workload, in: snapshot)
        isObserved = counts.isObserved
        isComplete =
            counts.isObserved && counts.updated >= counts.desired - counts.heldBack
            && counts.available >= counts.desired
        ready = counts.ready
        summary = "\(counts.ready) of \(counts.desired) replicas ready"
        let target = snapshot.services.first { $0.name == service }
        if let target, !(target.spec.selector ?? [:]).isEmpty {
            let endpoints = snapshot.endpoints.first { $0.name == service }
            isReachable = endpoints?.subsets?.contains { !($0.addresses ?? []).isEmpty } ?? false
        } else {
            isReachable = counts.ready > 0 || target != nil
        }
    }

    private struct Counts {
        var desired = 0
        var updated = 0
        /// Pods that their controller leaves at an older template.
        var heldBack = 0
        var available = 0
        var ready = 0
        var isObserved = false
    }

    private static func counts(of workload: WorkloadReference, in snapshot: Snapshot) -> Counts {
        switch workload.kind {
        case .deployment:
            guard let object = snapshot.deployments.first(where: { $0.name == workload.name }) else { break }
            return Counts(
                desired: object.spec.replicas ?? 1, updated: object.status?.updatedReplicas ?? 0,
                available: object.status?.availableReplicas ?? 0, ready: object.status?.readyReplicas ?? 0,
                isObserved: isObserved(object.metadata, object.status?.observedGeneration))
        case .statefulSet:
            guard let object = snapshot.statefulSets.first(where: { $0.name == workload.name }) else { break }
            let ready = object.status?.readyReplicas ?? 0
            let isUpdated = object.status?.currentRevision == object.status?.updateRevision
            return Counts(
                desired: object.spec.replicas ?? 1,
                updated: isUpdated ? object.status?.replicas ?? 0 : object.status?.updatedReplicas ?? 0,
                heldBack: object.spec.updateStrategy?.heldBack(of: object.spec.replicas ?? 1) ?? 0,
                available: ready, ready: ready,
                isObserved: isObserved(object.metadata, object.status?.observedGeneration))
        case .daemonSet:
            guard let object = snapshot.daemonSets.first(where: { $0.name == workload.name }) else { break }
            return Counts(
                desired: object.status?.desiredNumberScheduled ?? 0,
                updated: object.status?.updatedNumberScheduled ?? 0,
                heldBack: object.spec.updateStrategy?.heldBack(of: object.status?.desiredNumberScheduled ?? 0) ?? 0,
                available: object.status?.numberReady ?? 0, ready: object.status?.numberReady ?? 0,
                isObserved: isObserved(object.metadata, object.status?.observedGeneration))
        case .replicaSet:
            guard let object = snapshot.replicaSets.first(where: { $0.name == workload.name }) else { break }
            let ready = object.status?.readyReplicas ?? 0
            return Counts(
                desired: object.spec.replicas ?? 1, updated: object.status?.replicas ?? 0, available: ready,
                ready: ready, isObserved: isObserved(object.metadata, object.status?.observedGeneration))
        case .pod:
            let isReady = snapshot.pods.first { $0.name == workload.name }?.isReady ?? false
            let ready = isReady ? 1 : 0
            return Counts(desired: 1, updated: ready, available: ready, ready: ready, isObserved: true)
        case .service, .job, .cronJob:
            return Counts(isObserved: true)
        }
        return Counts(desired: 1)
    }

    private static func isObserved(_ metadata: ObjectMeta, _ observed: Int64?) -> Bool {
        (observed ?? 0) >= (metadata.generation ?? 0)
    }
}
