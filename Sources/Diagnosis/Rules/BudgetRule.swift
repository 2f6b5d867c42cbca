import Kubernetes

/// A PodDisruptionBudget that never lets a pod go which would have to be replaced.
struct BudgetRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, let hang = report.rootCause, hang.id == .hang,
            let budget = Self.blocking(subject.snapshot.budgets, subject)
        else { return }
        let status = budget.status
        report.find(
            "disruption-not-allowed", budget.reference,
            "\(budget.reference) allows no eviction of the pods of \(workload.reference).",
            [
                Evidence(
                    object: budget.reference, field: "status.disruptionsAllowed",
                    value: "0 (\(status?.currentHealthy ?? 0) healthy, \(status?.desiredHealthy ?? 0) must be)",
                    time: subject.now)
            ])
        // Of a budget that is met again once all pods are well one waits; this one never allows it.
        guard status?.desiredHealthy ?? 0 >= max(1, status?.expectedPods ?? workload.desired) else { return }
        report.suspect(
            .budget,
            Cause(
                id: .budgetBlocks,
                summary: "\(hang.summary) A pod would have to be replaced, and \(budget.reference) never allows it: "
                    + "it wants \(status?.desiredHealthy ?? 0) of \(status?.expectedPods ?? workload.desired) pods.",
                object: budget.reference, pods: hang.pods))
    }

    private static func blocking(_ budgets: [PodDisruptionBudget], _ subject: Subject) -> PodDisruptionBudget? {
        budgets.first { budget in
            guard let selector = budget.spec.selector, budget.status?.disruptionsAllowed == 0 else { return false }
            return subject.currentPods.contains { selector.matches($0.metadata.labels ?? [:]) }
        }
    }
}
