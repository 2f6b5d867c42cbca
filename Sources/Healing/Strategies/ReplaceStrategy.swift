import Diagnosis
import FoundationEssentials
import Kubernetes

/// One pod that hangs: the one that was seen to, else the oldest of those that may.
struct ReplaceStrategy: Strategy {
    let card = StrategyCard(
        "replace", .replace, .destructive, "Evicts one pod that hangs, so that its controller starts a new one.",
        causes: [.hang],
        preconditions: [
            "The pod is Ready, or was, and requests to it time out again and again.",
            "No NetworkPolicy keeps requests from it; a controller owns it; no PodDisruptionBudget forbids it.",
        ],
        steps: ["Evict the pod, bound to its UID.", "Wait for its successor, then look again: one at a time."],
        verification: "Every replica is ready, and each pod and the service answer a request that asks for work.",
        undo: "Not possible: the pod is gone.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        let snapshot = context.snapshot
        let ready = snapshot.pods.filter { pod in
            pod.metadata.deletionTimestamp == nil && cause.pods.contains { $0.uid == pod.metadata.uid }
        }
        let oldestFirst = ready.sorted {
            ($0.metadata.creationTimestamp ?? .distantFuture, $0.name)
                < ($1.metadata.creationTimestamp ?? .distantFuture, $1.name)
        }
        let hanging = oldestFirst.first { snapshot.podAnswers[$0.name]?.kind == .timeout }
        guard let pod = hanging ?? oldestFirst.first else { return nil }
        guard pod.metadata.controller != nil else {
            return Plan(
                .escalate, pod.reference, detail: "\(cause.clause), and no controller would replace \(pod.reference)",
                advice: "kubectl delete pod \(pod.name) -n \(pod.namespace), after saving its manifest")
        }
        return Plan(
            .replace, pod.reference,
            detail: "Evicting \(pod.reference), which \(hanging == nil ? "may be the one that hangs" : "hangs"); "
                + "its controller starts a new one",
            advice: "kubectl delete pod \(pod.name) -n \(pod.namespace)",
            write: ClusterWrite(.evict, of: pod.reference, resource: .pods))
    }
}
