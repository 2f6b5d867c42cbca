import JSON
import Kubernetes

/// What a Deployment says of itself: counts, availability, and whether its rollout goes on.
/// Source: pkg/controller/deployment/progress.go and sync.go of Kubernetes.
enum DeploymentStatus {
    struct Counts: Hashable {
        var replicas = 0
        var updated = 0
        var ready = 0
        var available = 0
    }

    /// - Returns: when the rollout's deadline passes.
    static func report(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let deployment = world.find(.deployments, key.namespace, key.name) else { return nil }
        let sets = world.owned(.replicaSets, by: deployment)
        let current = DeploymentController.current(of: deployment, sets)
        var counts = Counts()
        for set in sets {
            func number(_ field: String) -> Int { set.at("status", field)?.intValue ?? 0 }
            counts.replicas += number("replicas")
            counts.ready += number("readyReplicas")
            counts.available += number("availableReplicas")
            if set.uid == current?.uid { counts.updated = number("replicas") }
        }
        let now = world.seconds
        let stamp = world.stamp(now)
        var changed = deployment
        write(counts, to: &changed)
        availability(of: &changed, counts, stamp)
        let refusal = sets.compactMap { $0.condition("ReplicaFailure") }.first { $0["status"] == "True" }
        if let refusal {
            changed.setCondition(
                "ReplicaFailure", "True", reason: refusal["reason"]?.stringValue,
                message: refusal["message"]?.stringValue, at: stamp)
        } else {
            changed.removeCondition("ReplicaFailure")
        }
        let again = progress(of: &changed, before: deployment, counts, current?.name ?? "", world, stamp)
        if changed["status"] != deployment["status"] {
            let status = changed["status"]
            world.edit(.deployments, deployment, as: DeploymentController.manager, status: true) {
                $0["status"] = status
            }
        }
        return again
    }

    private static func write(_ counts: Counts, to deployment: inout JSONValue) {
        let wanted = deployment.at("spec", "replicas")?.intValue ?? 1
        func put(_ value: Int, _ field: String) {
            deployment.put(value == 0 ? nil : .integer(value), at: "status", field)
        }
        put(counts.replicas, "replicas")
        put(counts.updated, "updatedReplicas")
        put(counts.ready, "readyReplicas")
        put(counts.available, "availableReplicas")
        put(max(0, max(wanted, counts.replicas) - counts.available), "unavailableReplicas")
        deployment.put(.integer(deployment.generation), at: "status", "observedGeneration")
    }

    private static func availability(of deployment: inout JSONValue, _ counts: Counts, _ stamp: JSONValue) {
        let update = DeploymentController.update(deployment)
        let isAvailable = counts.available >= update.replicas - update.unavailable
        deployment.setCondition(
            "Available", isAvailable ? "True" : "False",
            reason: isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            message: isAvailable
                ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
            at: stamp)
    }

    private static func progress(
        of deployment: inout JSONValue, before: JSONValue, _ counts: Counts, _ set: String, _ world: World,
        _ stamp: JSONValue
    ) -> Double? {
        let deadline = deployment.at("spec", "progressDeadlineSeconds")?.doubleValue ?? 600
        let wanted = deployment.at("spec", "replicas")?.intValue ?? 1
        let condition = before.condition("Progressing")
        let reason = condition?["reason"]?.stringValue
        guard deployment.at("spec", "paused")?.boolValue != true else { return nil }
        // Once complete, a loss of pods is no lack of progress.
        if reason == "NewReplicaSetAvailable", counts.replicas == counts.updated { return nil }
        let isComplete =
            counts.updated == wanted && counts.replicas == wanted && counts.available == wanted
        if isComplete {
            deployment.setCondition(
                "Progressing", "True", reason: "NewReplicaSetAvailable",
                message: "ReplicaSet \"\(set)\" has successfully progressed.", at: stamp)
            return nil
        }
        func old(_ field: String) -> Int { before.at("status", field)?.intValue ?? 0 }
        let isMoving =
            counts.updated > old("updatedReplicas") || counts.ready > old("readyReplicas")
            || counts.available > old("availableReplicas")
            || counts.replicas - counts.updated < old("replicas") - old("updatedReplicas")
        if isMoving {
            deployment.removeProgress(unless: "True")
            deployment.setCondition(
                "Progressing", "True", reason: "ReplicaSetUpdated", message: "ReplicaSet \"\(set)\" is progressing.",
                at: stamp)
            touch(&deployment, stamp)
            return world.seconds + deadline + 1
        }
        guard let condition, reason != "NewReplicaSetAvailable", reason != "ProgressDeadlineExceeded" else {
            return nil
        }
        let since = world.seconds(of: condition["lastUpdateTime"]) ?? world.seconds
        guard world.seconds >= since + deadline else { return since + deadline + 0.01 }
        deployment.setCondition(
            "Progressing", "False", reason: "ProgressDeadlineExceeded",
            message: "ReplicaSet \"\(set)\" has timed out progressing.", at: stamp)
        return nil
    }

    /// Progress counts from the last time it was seen, though its words are the same.
    private static func touch(_ deployment: inout JSONValue, _ stamp: JSONValue) {
        guard var conditions = deployment.at("status", "conditions")?.arrayValue,
            let index = conditions.firstIndex(where: { $0["type"] == "Progressing" })
        else { return }
        conditions[index]["lastUpdateTime"] = stamp
        deployment.put(.array(conditions), at: "status", "conditions")
    }
}

extension JSONValue {
    /// Forgets a rollout's condition of another status, so that the new one begins now.
    fileprivate mutating func removeProgress(unless status: String) {
        guard condition("Progressing")?["status"]?.stringValue != status else { return }
        removeCondition("Progressing")
    }
}
