import Kubernetes

/// How far the current revision's rollout is, where no pod says more.
struct RolloutRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0 else { return }
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
        cause.summary = "The rollout of \(workload.reference) is stuck\(brought): its new pods do not become ready."
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
            ?? ((workload.updated ?? 0) >= workload.desired && subject.olderPods.isEmpty)
        guard !wasComplete || !workload.isObserved else { return }
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
        guard let id, let pod = stuck.first else { return }
        report.suspect(
            .rollout,
            Cause(
                id: id, summary: "\(workload.reference) is stuck: \(pod.reference) does not become ready.",
                object: workload.object, pods: stuck.map(\.reference)))
    }

    /// All pods are of the current template and none of an older one is left.
    static func isComplete(_ workload: Workload, _ subject: Subject) -> Bool {
        if workload.reference.kind == .deployment,
            let progressing = workload.condition("Progressing"), progressing.reason == "ReplicaSetUpdated"
        {
            return false
        }
        return (workload.updated ?? workload.desired) >= workload.desired && subject.olderPods.isEmpty
            && subject.readyCount >= workload.desired
    }
}
