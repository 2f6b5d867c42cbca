import FoundationEssentials
import Kubernetes

/// Pods that went away and are being replaced.
struct RecoveryRule: Rule {
    /// A replacement older than this is not merely young.
    private static let youth: Double = 60
    /// Once its replacements have been ready for this long, a pod that still leaves matters no more.
    private static let settled: Double = 15

    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0, workload.isObserved, !workload.isPaused,
            // Nobody replaces a pod that no controller owns.
            workload.reference.kind != .pod, !workload.isBatch
        else { return }
        let wasComplete = workload.condition("Progressing").map { $0.reason == "NewReplicaSetAvailable" } ?? true
        guard wasComplete, subject.history?.hasPendingTemplate != true else { return }
        let leaving = subject.terminatingPods.filter { !isOfOlderRevision($0, subject) }
        let waiting = subject.currentPods.filter { !$0.isReady }
        let youngest = subject.currentPods.compactMap { subject.age($0.metadata.creationTimestamp) }.min() ?? 0
        let isLeavingNow =
            !leaving.isEmpty && (subject.readyPods.count < workload.desired || youngest < Self.settled)
        let isMissing = subject.livePods.count < workload.desired
        guard isLeavingNow || isMissing || !waiting.isEmpty, waiting.allSatisfy({ isYoung($0, subject) }) else {
            return
        }
        let evidence = (leaving + waiting).prefix(4).map { pod in
            pod.metadata.deletionTimestamp.map {
                Evidence(object: pod.reference, field: "metadata.deletionTimestamp", value: "set", time: $0)
            }
                ?? Evidence(
                    object: pod.reference, field: "metadata.creationTimestamp", value: "new pod, not ready yet",
                    time: pod.metadata.creationTimestamp)
        }
        // Pods that were asked for a moment ago are new, not replaced.
        let id: CauseID = leaving.isEmpty && wasScaledUp(subject, since: waiting.first) ? .rolloutRunning : .podDeleted
        let how = id == .podDeleted ? "went away" : "were asked for a moment ago"
        report.find(
            "pods-replaced", workload.object,
            "Pods of \(workload.reference) \(how); \(subject.readyPods.count) of \(workload.desired) are ready, "
                + "the rest is on its way.", Array(evidence))
        report.suspect(
            .recovery,
            Cause(
                id: id,
                summary: id == .podDeleted
                    ? "Pods of \(workload.reference) were deleted and are being replaced\(lastOnes(leaving, subject))."
                    : "\(workload.reference) was scaled up and its new pods are starting.",
                object: workload.object, pods: waiting.map(\.reference)))
    }

    private func isOfOlderRevision(_ pod: Pod, _ subject: Subject) -> Bool {
        guard let current = subject.history?.current else { return false }
        // The pods of a set carry their revision as a label, those of a Deployment belong to its ReplicaSet.
        if let hash = pod.metadata.labels?["controller-revision-hash"] {
            return hash != current.name && !current.name.hasSuffix("-" + hash)
        }
        return pod.metadata.controller?.name != current.name
    }

    /// `; Pod/db-0 is still ending, for which it has 3000 s, and its successor comes only then`: of a set, whose pods
    /// keep their names.
    private func lastOnes(_ leaving: [Pod], _ subject: Subject) -> String {
        guard subject.workload?.reference.kind == .statefulSet, let pod = leaving.first else { return "" }
        let grace = pod.spec.terminationGracePeriodSeconds ?? 30
        return "; \(pod.reference) is still ending, for which it and its preStop hook may take \(grace) s "
            + "(terminationGracePeriodSeconds), and its successor comes only then"
    }

    private func isYoung(_ pod: Pod, _ subject: Subject) -> Bool {
        // A pod that was ready and is not any more is ill, however young.
        if ContainerTrouble.first(of: pod, now: subject.now)?.wasReady == true { return false }
        let statuses = (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])
        return subject.age(pod.metadata.creationTimestamp) ?? 0 < Self.youth
            && statuses.allSatisfy { $0.restartCount == 0 && $0.state?.terminated.map { $0.exitCode == 0 } ?? true }
    }

    private func wasScaledUp(_ subject: Subject, since pod: Pod?) -> Bool {
        guard let created = pod?.metadata.creationTimestamp else { return false }
        return subject.events(of: subject.owner).contains { event in
            guard event.reason == "ScalingReplicaSet", (event.message ?? "").contains("Scaled up"),
                let seen = event.lastSeen
            else { return false }
            return abs(created.timeIntervalSince(seen)) <= 3
        }
    }
}
