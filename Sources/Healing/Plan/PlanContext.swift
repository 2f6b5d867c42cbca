import Diagnosis
import Kubernetes

/// One decision and what it is made from.
struct PlanContext {
    let verdict: Verdict
    let snapshot: Snapshot
    let policy: HealingPolicy
    let remembered: Remembered

    var workload: WorkloadReference { verdict.target }

    var object: ObjectReference {
        ObjectReference(kind: workload.kind.rawValue, namespace: workload.namespace, name: workload.name)
    }

    /// `deployment/web`.
    var kubectlName: String { "\(workload.kind.rawValue.lowercased())/\(workload.name)" }

    func advice(_ cause: Cause) -> String { Advice.text(for: cause, workload) }

    /// What the cause asks for, before anybody objects.
    var proposal: Plan {
        guard let cause = verdict.cause else {
            if verdict.healthy { return Plan(.none, object, detail: "\(workload) is healthy; there is nothing to do") }
            let seen = verdict.findings.map(\.message).prefix(5).joined(separator: "; ")
            return Plan(
                .escalate, object,
                detail: seen.isEmpty
                    ? "\(workload) does not work and nothing known explains it"
                    : "No known cause explains this: \(seen)",
                advice: "Look at it by hand: kubectl describe \(kubectlName) -n \(workload.namespace); "
                    + "kubectl get events -n \(workload.namespace) --sort-by=.lastTimestamp")
        }
        for strategy in Strategies.table where strategy.card.causes.contains(cause.id) {
            if let plan = strategy.plan(cause, self) { return plan }
        }
        return Plan(.escalate, object, detail: cause.summary, advice: advice(cause))
    }
}
