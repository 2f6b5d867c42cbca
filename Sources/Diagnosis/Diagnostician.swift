import Kubernetes

/// Judges a snapshot: what is seen, with evidence, and the one cause that explains it.
public enum Diagnostician {
    /// Which cause wins is decided by how far upstream it is; of equals the rule that comes first has the say, so the
    /// more particular ones come first.
    private static let rules: [any Rule] = [
        TargetRule(), DeletionRule(), JobRule(), ScaleRule(), PauseRule(), AdmissionRule(), MachineRule(),
        PlacementRule(),
        ClaimRule(), EndedPodsRule(), ImageRule(), ContainerSetupRule(), MountRule(), SandboxRule(), InitRule(),
        ProcessRule(),
        RecoveryRule(),
        ReadinessRule(), ReadinessGateRule(), LeavingRule(), RolloutRule(), ServiceRule(), ServiceAwayRule(),
        AutoscalerRule(), NetworkPolicyRule(), AnswerRule(), BudgetRule(),
    ]

    /// Pure: the snapshot's `takenAt` is now.
    public static func diagnose(_ snapshot: Snapshot) -> Verdict { diagnose(snapshot, visited: []) }

    /// - Parameter visited: the workloads whose trouble led to this one.
    static func diagnose(_ snapshot: Snapshot, visited: Set<WorkloadReference>) -> Verdict {
        let subject = Subject(snapshot)
        var report = Report()
        for rule in rules + [DependencyRule(visited: visited), OwnerRule()] {
            report.begin()
            rule.examine(subject, into: &report)
        }
        let causes = report.causes.map { weighed($0, subject) }
        let cause = causes.first
        let isServing = serves(subject, report)
        // What merely recovers is over once everything is there and the service itself said so.
        let isOver = isServing && snapshot.answer?.kind == .ok && cause.map { $0.id == .podDeleted } ?? true
        let healthy = isServing && (cause == nil || isOver)
        if !healthy, cause == nil, report.findings.isEmpty {
            report.find(
                "unexplained", subject.owner, "\(subject.owner) is not in order, and nothing that was read says why.")
        }
        var verdict = Verdict(
            target: reference(subject), healthy: healthy, cause: healthy ? nil : cause, findings: report.findings)
        if !healthy {
            verdict.others = Array(causes.dropFirst())
            verdict.changes = Change.recent(around: subject)
        }
        return verdict
    }

    /// The cause with what speaks for and against it; of a set whose update is stuck, under the name of that.
    private static func weighed(_ suspect: Cause, _ subject: Subject) -> Cause {
        var cause = suspect
        if let workload = subject.workload, RolloutRule.blocksUpdate(cause, workload, subject) {
            cause.summary = "\(workload.reference) is stuck in an update: \(cause.summary)"
            cause.id = workload.reference.kind == .statefulSet ? .statefulSetStuck : .daemonSetStuck
        }
        cause.against = Weighing.against(cause, subject)
        cause.confidence = Weighing.confidence(cause, against: cause.against, subject)
        return cause
    }

    /// As many pods as asked for are ready and of the current template, the Service leads to them, and nobody who
    /// asked was left without an answer.
    private static func serves(_ subject: Subject, _ report: Report) -> Bool {
        // A Service without a workload of this cluster is known by its answer alone.
        guard let workload = subject.workload else { return subject.snapshot.answer?.kind == .ok }
        if workload.isBatch { return true }
        guard workload.desired > 0, workload.isObserved else { return false }
        guard subject.readyCount >= workload.desired, RolloutRule.isComplete(workload, subject) else { return false }
        // What could not be read is not known to be well.
        guard !report.has("no-endpoints"), subject.unread(.pods).isEmpty else { return false }
        return subject.snapshot.answer.map { $0.kind == .ok } ?? true
    }

    private static func reference(_ subject: Subject) -> WorkloadReference {
        if let workload = subject.workload { return workload.reference }
        let target = subject.snapshot.target
        let kind = target.kind.flatMap { WorkloadReference.Kind(rawValue: $0) } ?? .service
        return WorkloadReference(kind: kind, namespace: target.namespace, name: target.name)
    }
}
