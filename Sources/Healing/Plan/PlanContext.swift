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

    /// What a person can do: to what owns the workload, where something does.
    func advice(_ cause: Cause) -> String {
        let own = Guards.metadata(kind: workload.kind.rawValue, name: workload.name, in: snapshot)
        guard let owner = own?.controller, ![.pod, .job].contains(workload.kind) else {
            return Advice.text(for: cause, workload)
        }
        return "\(workload) belongs to \(owner.kind) \(owner.name), whose controller changes it back. "
            + Self.advice(changing: owner, in: workload.namespace)
    }

    static func advice(changing owner: OwnerReference, in namespace: String) -> String {
        let edit =
            "Change \(owner.kind) \(owner.name) instead: kubectl edit \(owner.kind.lowercased()) \(owner.name) "
            + "-n \(namespace)"
        guard owner.kind == "Rollout", owner.apiVersion.hasPrefix("argoproj.io/") else { return edit }
        return edit + "; or back to the revision before: kubectl argo rollouts undo \(owner.name) -n \(namespace)"
    }

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
