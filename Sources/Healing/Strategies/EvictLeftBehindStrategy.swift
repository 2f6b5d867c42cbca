import Diagnosis
import Kubernetes

/// A StatefulSet that was brought back waits for the one pod that cannot start.
struct EvictLeftBehindStrategy: Strategy {
    let card = StrategyCard(
        "evict-left-behind", .replace, .destructive,
        "Evicts the pod of an older template that a StatefulSet waits for and never replaces by itself.",
        causes: [.statefulSetStuck],
        preconditions: [
            "The pod is not of the current template and cannot start.", "Every pod of the current template is Ready.",
            "No PodDisruptionBudget forbids it.",
        ],
        steps: ["Evict that one pod, bound to its UID.", "Wait for its successor, then look again."],
        verification: "Every replica is ready and of the current template, and the service itself answers.",
        undo: "Not possible: the pod is gone. It never ran, and its claims stay.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        let older = Subject(context.snapshot).olderPods
        guard let pod = older.last(where: { pod in !pod.isReady && cause.pods.contains { $0.uid == pod.metadata.uid } })
        else { return nil }
        return Plan(
            .replace, pod.reference,
            detail: "Evicting \(pod.reference), which is of an older template and cannot start",
            advice: "kubectl delete pod \(pod.name) -n \(pod.namespace)",
            write: ClusterWrite(.evict, of: pod.reference, resource: .pods))
    }
}
