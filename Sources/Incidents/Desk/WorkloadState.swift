import Diagnosis
import Kubernetes

/// A workload in a few figures, for the comparison of before and after.
public struct WorkloadState: Codable, Hashable, Sendable {
    public var desired: Int
    public var ready: Int
    /// Of a Deployment.
    public var revision: Int?
    /// Of the template's containers.
    public var images: [String]
    /// Ready addresses behind the Service; nil without one.
    public var addresses: Int?

    /// - Returns: nil where the snapshot does not have the workload.
    init?(of workload: WorkloadReference, service: String, in snapshot: Snapshot) {
        func same(_ object: some KubernetesObject) -> Bool { object.name == workload.name }
        let template: PodTemplate
        switch workload.kind {
        case .deployment:
            guard let object = snapshot.deployments.first(where: same) else { return nil }
            template = object.spec.template
            desired = object.spec.replicas ?? 1
            ready = object.status?.readyReplicas ?? 0
            revision = object.revision
        case .statefulSet:
            guard let object = snapshot.statefulSets.first(where: same) else { return nil }
            template = object.spec.template
            desired = object.spec.replicas ?? 1
            ready = object.status?.readyReplicas ?? 0
        case .daemonSet:
            guard let object = snapshot.daemonSets.first(where: same) else { return nil }
            template = object.spec.template
            desired = object.status?.desiredNumberScheduled ?? 0
            ready = object.status?.numberReady ?? 0
        default: return nil
        }
        images = template.spec.containers.compactMap(\.image)
        addresses = snapshot.endpoints.first { $0.name == service }
            .map { ($0.subsets ?? []).reduce(0) { $0 + ($1.addresses ?? []).count } }
    }
}
