import Kubernetes

/// How far the current revision's rollout is, where no pod says more.
struct RolloutRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        // A pod of its own has no rollout.
        guard let workload = subject.workload, workload.desired > 0, !workload.isBatch,
            workload.reference.kind != .pod
        else { return }
        if workload.isLate, let progressing = workload.condition("Progressing") {
            suspectStuck(workload, progressing, subject, into: &report)
        } else if !workload.isPaused {
            suspectRunning(workload, subject, into: &report)
        }
    }

    private func suspectStuck(
        _ workload: Workload, _ condition: Condition, _ subject: Subject, into report: inout Report
    ) {
        report.find(
            "deadline-exceeded", workload.object,
            "The rollout of \(workload.reference) did not make progress within \(workload.progressDeadlineSeconds) s.",
            [
                Evidence(
                    object: workload.object, field: "status.conditions[Progressing]",
                    value: Redaction.line(condition.message ?? ""), time: condition.lastTransitionTime)
            ])
        var cause = subject.cause(.rolloutStuck, "", fault: .anything, pods: subject.currentPods.filter { !$0.isReady })
        let brought = subject.changeWords(cause).map { " with \($0)" } ?? ""
        let failure = subject.currentPods.filter { !$0.isReady }.flatMap { subject.events(of: $0.reference) }
            .last { $0.reason == "Unhealthy" }
        let why = failure.map { " (\(Redaction.line($0.text, limit: 200)))" } ?? ""
        cause.summary =
            "The rollout of \(workload.reference) is stuck\(brought): its new pods do not become ready\(why)."
        report.suspect(.rollout, cause)
    }

    private func suspectRunning(_ workload: Workload, _ subject: Subject, into report: inout Report) {
        let isComplete = workload.isObserved && Self.isComplete(workload, subject)
        guard !isComplete else { return }
        let words = "\(workload.updated ?? workload.ready) of \(workload.desired) pods are of the current revision"
        report.find(
            "rolling-out", workload.object,
            "\(workload.reference) is changing: \(words), \(subject.readyCount) are ready.",
            [
                Evidence(
                    object: workload.object, field: "status",
                    value:
                        "\(workload.updated ?? 0) updated, \(subject.readyCount) ready, seen \(workload.isObserved)",
                    time: workload.condition("Progressing")?.lastUpdateTime)
            ])
        // A rollout that was complete and lost pods is no rollout any more.
        let wasComplete =
            workload.condition("Progressing").map { $0.reason == "NewReplicaSetAvailable" }
            ?? ((workload.updated ?? 0) >= workload.desired - workload.heldBack
                && subject.olderPods.count <= workload.heldBack)
        // With the strategy Recreate the new ReplicaSet is made when the last old pod is gone, and until then the
        // condition is that of the rollout before.
        let isWaiting = subject.history?.hasPendingTemplate == true && !subject.terminatingPods.isEmpty
        guard !wasComplete || !workload.isObserved || isWaiting else { return }
        stuckSet(workload, subject, into: &report)
        report.suspect(
            .recovery,
            Cause(
                id: .rolloutRunning, summary: "\(workload.reference) is being rolled out and within its time.",
                object: workload.object))
    }

    /// StatefulSets and DaemonSets have no deadline: a pod of the new revision that stays unready blocks the rest.
    private func stuckSet(_ workload: Workload, _ subject: Subject, into report: inout Report) {
        let id: CauseID? =
            switch workload.reference.kind {
            case .statefulSet: .statefulSetStuck
            case .daemonSet: .daemonSetStuck
            default: nil
            }
        let stuck = subject.currentPods.filter { pod in
            !pod.isReady && subject.age(pod.metadata.creationTimestamp) ?? 0 > Double(workload.progressDeadlineSeconds)
        }
        if let id, let pod = stuck.first {
            let summary = "\(workload.reference) is stuck: \(pod.reference) does not become ready."
            report.suspect(.rollout, subject.cause(id, summary, fault: .anything, pods: stuck))
        }
        suspectLeftBehind(workload, subject, into: &report)
    }

    /// A StatefulSet that was given another template waits for a pod of the one before that cannot start: it never
    /// replaces it by itself.
    /// Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
    private func suspectLeftBehind(_ workload: Workload, _ subject: Subject, into report: inout Report) {
        guard workload.reference.kind == .statefulSet, subject.terminatingPods.isEmpty,
            subject.currentPods.allSatisfy(\.isReady)
        else { return }
        let stuck = subject.olderPods.filter { pod in
            !pod.isReady && ContainerTrouble.first(of: pod, now: subject.now)?.isStuck == true
        }
        guard let pod = stuck.last else { return }
        report.find(
            "left-behind", pod.reference,
            "\(pod.reference) is of a template that \(workload.reference) has left and cannot start.",
            [
                Evidence(
                    object: pod.reference, field: "metadata.labels[controller-revision-hash]",
                    value: pod.metadata.labels?["controller-revision-hash"] ?? "", time: pod.metadata.creationTimestamp)
            ])
        report.suspect(
            .start,
            Cause(
                id: .statefulSetStuck,
                summary: "\(workload.reference) waits for \(pod.reference), which is of an older template and cannot "
                    + "start; it does not replace it by itself.",
                object: workload.object, pods: [pod.reference]))
    }

    /// The causes that keep an update of a StatefulSet or DaemonSet from going on are known under its own name.
    static func blocksUpdate(_ cause: Cause, _ workload: Workload, _ subject: Subject) -> Bool {
        guard [.statefulSet, .daemonSet].contains(workload.reference.kind), !waits.contains(cause.id) else {
            return false
        }
        let isOfNew = cause.pods.contains { pod in subject.currentPods.contains { $0.name == pod.name } }
        return cause.introducedByRevision || isOfNew && subject.olderPods.contains(where: \.isReady)
    }

    private static let waits: Set<CauseID> = [
        .crashTransient, .slowStart, .rolloutRunning, .podDeleted, .imageRegistryDown, .hang, .dependencyDown,
        .nodeNotReady, .runtimeDown, .dnsDown, .networkPolicy, .budgetBlocks,
    ]

    /// All pods are of the current template and none of an older one is left.
    static func isComplete(_ workload: Workload, _ subject: Subject) -> Bool {
        if workload.reference.kind == .deployment,
            let progressing = workload.condition("Progressing"), progressing.reason == "ReplicaSetUpdated"
        {
            return false
        }
        return (workload.updated ?? workload.desired) >= workload.desired - workload.heldBack
            && subject.olderPods.count <= workload.heldBack
            && subject.readyCount >= workload.desired
    }
}
