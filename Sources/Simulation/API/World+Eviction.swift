import JSON
import Kubernetes

/// Evictions hold to disruption budgets. Source: pkg/registry/core/pod/storage/eviction.go of Kubernetes.
extension World {
    mutating func evict(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> APIAnswer {
        let body = try call.object()
        let pod = try get(address)
        var deletion = Deletion(body["deleteOptions"] ?? [:])
        deletion.uid = deletion.uid ?? pod.uid
        if let version = deletion.resourceVersion, version != pod.at("metadata", "resourceVersion")?.stringValue {
            throw Refusals.deletionConflict(
                address.type, pod.name, "ResourceVersion", expected: version,
                actual: pod.at("metadata", "resourceVersion")?.stringValue ?? "")
        }
        let isUncounted =
            ["Succeeded", "Failed", "Pending"].contains(pod.at("status", "phase")?.stringValue ?? "")
            || pod.isBeingDeleted
        let budgets = Resource(group: "policy", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
        let matching = all(budgets, in: pod.namespace).filter { budget in
            Selectors.of(budget.at("spec", "selector") ?? [:]).matches(pod.labels)
        }
        if !isUncounted, matching.count > 1 {
            throw APIStatus(
                code: 500,
                message:
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
        }
        let isDry = call.isTrial || deletion.isTrial
        if !isUncounted, let budget = matching.first { try spend(budget, pod, budgets, isDry) }
        if !isDry {
            try store.delete(.pods, pod.namespace, pod.name, deletion, at: epoch + seconds)
        }
        return .value(201, ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201])
    }

    private mutating func spend(
        _ budget: JSONValue, _ pod: JSONValue, _ budgets: Resource, _ isDry: Bool
    ) throws(APIStatus) {
        let allowed = budget.at("status", "disruptionsAllowed")?.intValue ?? 0
        if budget.at("status", "observedGeneration")?.intValue ?? 0 < budget.generation {
            throw Refusals.tooManyRequests(
                "Cannot evict pod as it would violate the pod's disruption budget.", retryAfter: 10,
                causes: [
                    .init(
                        reason: "DisruptionBudget",
                        message: "The disruption budget \(budget.name) is still being processed by the server.")
                ])
        }
        guard allowed > 0 else {
            let needed = budget.at("status", "desiredHealthy")?.intValue ?? 0
            let healthy = budget.at("status", "currentHealthy")?.intValue ?? 0
            throw Refusals.tooManyRequests(
                "Cannot evict pod as it would violate the pod's disruption budget.", retryAfter: 0,
                causes: [
                    .init(
                        reason: "DisruptionBudget",
                        message: "The disruption budget \(budget.name) needs \(needed) healthy pods and has \(healthy) "
                            + "currently")
                ])
        }
        guard !isDry else { return }
        let stamp = stamp(seconds)
        edit(budgets, budget, as: "kube-apiserver", status: true) { budget in
            budget.put(.integer(allowed - 1), at: "status", "disruptionsAllowed")
            budget.put(stamp, at: "status", "disruptedPods", pod.name)
        }
    }
}
