import Kubernetes

/// A PodDisruptionBudget that never lets a pod go which would have to be replaced, or which a drain waits for.
struct BudgetRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        suspectReplacement(subject, into: &report)
        suspectDrain(subject, into: &report)
    }

    private func suspectReplacement(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, let hang = report.rootCause, hang.id == .hang else { return }
        if suspectTwo(hang, subject, into: &report) { return }
        guard let budget = Self.blocking(subject.snapshot.budgets, subject.currentPods)
        else { return }
        report.find(
            "disruption-not-allowed", budget.reference,
            "\(budget.reference) allows no eviction of the pods of \(workload.reference).",
            [Self.evidence(budget, subject)])
        // Of a budget that is met again once all pods are well one waits; this one never allows it.
        guard Self.isNeverMet(budget, workload) else { return }
        report.suspect(
            .budget,
            Cause(
                id: .budgetBlocks,
                summary: "\(hang.summary) A pod would have to be replaced, and \(budget.reference) never allows it: "
                    + "it wants \(Self.wanted(budget)) of \(budget.status?.expectedPods ?? workload.desired) pods.",
                object: budget.reference, pods: hang.pods))
    }

    /// Several budgets select one pod: the eviction API then takes none of them away, whatever they allow.
    /// Source: pkg/registry/core/pod/storage/eviction.go of Kubernetes.
    private func suspectTwo(_ hang: Cause, _ subject: Subject, into report: inout Report) -> Bool {
        let several = subject.currentPods.lazy.map { pod in
            subject.snapshot.budgets.filter { $0.spec.selector?.matches(pod.metadata.labels ?? [:]) == true }
        }.first { $0.count > 1 }
        guard let several else { return false }
        let names = several.map { "\($0.reference)" }.joined(separator: " and ")
        report.find(
            "several-budgets", several[0].reference, "\(names) select the same pods, and such pods cannot be evicted.",
            several.map {
                Evidence(
                    object: $0.reference, field: "spec.selector", value: $0.spec.selector?.queryValue ?? "",
                    time: subject.now)
            })
        var cause = Cause(
            id: .budgetBlocks,
            summary: "\(hang.summary) A pod would have to be replaced, and no pod can be evicted that several budgets "
                + "select: \(names).",
            object: several[1].reference, pods: hang.pods)
        cause.hint = .severalBudgets
        report.suspect(.budget, cause)
        return true
    }

    // MARK: - Drains

    /// The workload's pods on nodes that are cordoned and alive; a drain passes over those of a DaemonSet.
    static func leftOnCordoned(_ subject: Subject) -> [Pod] {
        guard let workload = subject.workload, workload.desired > 0, !workload.isBatch,
            ![.daemonSet, .pod].contains(workload.reference.kind)
        else { return [] }
        let cordoned = Set(
            subject.snapshot.nodes.filter { $0.spec?.unschedulable == true && $0.isReady }.map(\.name))
        return subject.livePods.filter { pod in pod.spec.nodeName.map { cordoned.contains($0) } ?? false }
    }

    /// A node's drain evicts pod after pod and tries again, for ever, where a budget says no. Nothing records its
    /// attempts; what tells it from a node that is only cordoned is that of this namespace nothing is left there but
    /// what may not go. Of others nothing is known here.
    private func suspectDrain(_ subject: Subject, into report: inout Report) {
        let left = Self.leftOnCordoned(subject)
        guard let workload = subject.workload, let node = left.first?.spec.nodeName,
            let budget = Self.blocking(subject.snapshot.budgets, left),
            !subject.snapshot.pods.contains(where: { isFree($0, on: node, subject) })
        else { return }
        report.find(
            "drain-blocked", budget.reference,
            "Node \(node) is cordoned, \(left.count) of the pods of \(workload.reference) are on it, and "
                + "\(budget.reference) allows no eviction. Of this namespace nothing else is left there that a drain "
                + "takes; others were not looked at.",
            [
                Evidence(object: ObjectReference(kind: "Node", name: node), field: "spec.unschedulable", value: "true"),
                Self.evidence(budget, subject),
            ])
        let expected = budget.status?.expectedPods ?? workload.desired
        let healthy = budget.status?.currentHealthy ?? subject.readyCount
        // Where the workload's own pods are not ready, that is what a person has to see to; then the drain goes on.
        guard Self.isNeverMet(budget, workload) || subject.readyCount >= workload.desired else { return }
        let why =
            Self.isNeverMet(budget, workload)
            ? "it wants \(Self.wanted(budget)) of \(expected) pods, so that it never allows one to go"
            : "only \(healthy) of its \(expected) pods are healthy, and it wants \(Self.wanted(budget))"
        var cause = Cause(
            id: .budgetBlocks,
            summary: "Node \(node) is cordoned and cannot be drained of \(left[0].reference): \(budget.reference) "
                + "stands against its eviction; \(why).",
            object: budget.reference, pods: left.map(\.reference))
        cause.hint = .drain
        cause.node = node
        // One more pod helps where a number of them is wanted; of a share, or of none that may miss, it does not.
        if Self.isNeverMet(budget, workload), case .int(let count)? = budget.spec.minAvailable {
            cause.wantedReplicas = max(workload.desired, count) + 1
        }
        report.suspect(.maintenance, cause)
    }

    /// Whether a drain of the node would have taken this pod away already.
    private func isFree(_ pod: Pod, on node: String, _ subject: Subject) -> Bool {
        guard pod.spec.nodeName == node, pod.metadata.deletionTimestamp == nil, !pod.isTerminal,
            let owner = pod.metadata.controller, !["DaemonSet", "Node"].contains(owner.kind)
        else { return false }
        return Self.blocking(subject.snapshot.budgets, [pod]) == nil
    }

    // MARK: -

    private static func wanted(_ budget: PodDisruptionBudget) -> Int { budget.status?.desiredHealthy ?? 0 }

    /// It wants every pod that there is, so that well pods do not help.
    private static func isNeverMet(_ budget: PodDisruptionBudget, _ workload: Workload) -> Bool {
        wanted(budget) >= max(1, budget.status?.expectedPods ?? workload.desired)
    }

    private static func evidence(_ budget: PodDisruptionBudget, _ subject: Subject) -> Evidence {
        let status = budget.status
        return Evidence(
            object: budget.reference, field: "status.disruptionsAllowed",
            value: "0 (\(status?.currentHealthy ?? 0) healthy, \(status?.desiredHealthy ?? 0) must be)",
            time: subject.now)
    }

    private static func blocking(_ budgets: [PodDisruptionBudget], _ pods: [Pod]) -> PodDisruptionBudget? {
        budgets.first { budget in
            guard let selector = budget.spec.selector, budget.status?.disruptionsAllowed == 0 else { return false }
            return pods.contains { selector.matches($0.metadata.labels ?? [:]) }
        }
    }
}
