import Diagnosis
import Kubernetes

/// Pods that are ending hold what others wait for.
struct MakingRoomStrategy: Strategy {
    let card = StrategyCard(
        "wait-for-room", .wait, .observe, "Waits while pods that are ending give their room back.",
        causes: [.nodeFull, .quotaExceeded],
        preconditions: ["A pod of the namespace is being deleted."],
        steps: ["Watch until the pod is gone, then look again."],
        verification: "The service itself answers.", undo: "Nothing to undo.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        guard context.snapshot.pods.contains(where: { $0.metadata.deletionTimestamp != nil }) else { return nil }
        return Plan(
            .wait, context.object, detail: "\(cause.clause); pods are ending and make room; waiting",
            advice: context.advice(cause))
    }
}
