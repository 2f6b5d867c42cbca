import FoundationEssentials
import Kubernetes

/// A pod that is being deleted and does not go: where its name or its claim is needed, its successor cannot come.
struct LeavingRule: Rule {
    /// Seconds after the end of its grace period.
    private static let patience: Double = 60
    /// The same where nothing of it runs any more and only a finalizer holds it: no node has anything left to do.
    private static let heldPatience: Double = 20

    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0, subject.readyCount < workload.desired else {
            return
        }
        let silent = Set(subject.snapshot.nodes.filter { !$0.isReady }.map(\.name))
        let stuck = subject.terminatingPods.filter { pod in
            let overdue = pod.metadata.deletionTimestamp.map { subject.now.timeIntervalSince($0) } ?? 0
            return overdue > (isHeld(pod) ? Self.heldPatience : Self.patience)
                && !silent.contains(pod.spec.nodeName ?? "")
        }
        // A Deployment's pods are replaced without waiting for them.
        guard let pod = stuck.first, subject.livePods.count < workload.desired else { return }
        let holders = (pod.metadata.finalizers ?? []).map { Redaction.line($0, limit: 80) }
        let why =
            holders.isEmpty
            ? "its node has not ended it" : "held by \(holders.joined(separator: ", ")), which nobody has released"
        report.find(
            "pod-leaving", pod.reference, "\(pod.reference) is being deleted and does not go: \(why).",
            [
                Evidence(
                    object: pod.reference, field: "metadata.deletionTimestamp",
                    value: holders.isEmpty
                        ? "set, no finalizers" : "set, finalizers \(holders.joined(separator: ", "))",
                    time: pod.metadata.deletionTimestamp)
            ])
        report.suspect(
            .start,
            Cause(
                id: .podStuckLeaving,
                summary: "\(workload.reference) waits for \(pod.reference), which is being deleted and does not go: "
                    + "\(why).", object: pod.reference, pods: stuck.map(\.reference)))
    }

    private func isHeld(_ pod: Pod) -> Bool {
        let statuses = pod.status?.containerStatuses ?? []
        return !(pod.metadata.finalizers ?? []).isEmpty && !statuses.isEmpty
            && statuses.allSatisfy { $0.state?.terminated != nil }
    }
}
