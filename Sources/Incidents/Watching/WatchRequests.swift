import Diagnosis
import Kubernetes

/// What is watched while a workload is healed: itself, its pods and its Service's endpoints.
enum WatchRequests {
    static func around(_ workload: WorkloadReference, service: String, in snapshot: Snapshot?) -> [APIRequest] {
        var requests = [watch(.endpoints, workload.namespace, .init("fieldSelector", "metadata.name=\(service)"))]
        let named = APIRequest.QueryItem("fieldSelector", "metadata.name=\(workload.name)")
        var selector: LabelSelector?
        switch workload.kind {
        case .deployment:
            requests.append(watch(.deployments, workload.namespace, named))
            selector = snapshot?.deployments.first { $0.name == workload.name }?.spec.selector
        case .statefulSet:
            requests.append(watch(.statefulSets, workload.namespace, named))
            selector = snapshot?.statefulSets.first { $0.name == workload.name }?.spec.selector
        case .daemonSet:
            requests.append(watch(.daemonSets, workload.namespace, named))
            selector = snapshot?.daemonSets.first { $0.name == workload.name }?.spec.selector
        case .replicaSet:
            requests.append(watch(.replicaSets, workload.namespace, named))
            selector = snapshot?.replicaSets.first { $0.name == workload.name }?.spec.selector
        case .pod: requests.append(watch(.pods, workload.namespace, named))
        case .job: requests.append(watch(.jobs, workload.namespace, named))
        // Its Jobs tell how it is.
        case .cronJob: requests.append(watch(.jobs, workload.namespace))
        case .service: requests.append(watch(.services, workload.namespace, named))
        }
        if let selector, !selector.queryValue.isEmpty {
            requests.append(watch(.pods, workload.namespace, .init("labelSelector", selector.queryValue)))
        }
        return requests
    }

    private static func watch(_ resource: Resource, _ namespace: String, _ query: APIRequest.QueryItem? = nil)
        -> APIRequest
    {
        APIRequest(
            .watch, resource, namespace: namespace,
            query: (query.map { [$0] } ?? []) + [.init("timeoutSeconds", "300")])
    }
}
