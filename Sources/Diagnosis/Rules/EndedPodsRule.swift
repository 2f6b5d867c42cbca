import FoundationEssentials
import Kubernetes

/// Pods that end for good one after the other: the kubelet refuses each that is made, or evicts it for what it takes.
struct EndedPodsRule: Rule {
    /// So many of one template are no accident.
    private static let loopAfter = 3
    /// What ended longer ago than this is a leftover.
    private static let recent: Double = 600
    /// Between two evictions a pod may be Ready for a while.
    private static let youth: Double = 120

    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0, !workload.isBatch else { return }
        // Pods of an older template serve on while those of the new one end: only the current ones tell.
        let ready = subject.currentPods.filter(\.isReady)
        let isWell =
            ready.count >= workload.desired
            && ready.contains { subject.age($0.metadata.creationTimestamp) ?? 0 > Self.youth }
        guard !isWell else { return }
        let ended = subject.endedPods.filter { pod in
            pod.status?.phase == "Failed" && pod.status?.reason != nil
                && subject.age(pod.metadata.creationTimestamp) ?? .infinity < Self.recent
        }
        guard ended.count >= Self.loopAfter, let last = ended.last else { return }
        let reason = last.status?.reason ?? ""
        let text = Redaction.line(last.status?.message ?? reason)
        let isEviction = reason == "Evicted"
        report.find(
            "pods-end", workload.object,
            "\(ended.count) pods of \(workload.reference) have \(isEviction ? "been evicted" : "been refused"), one "
                + "after the other.",
            ended.suffix(3).map { pod in
                Evidence(
                    object: pod.reference, field: "status.reason",
                    value: "\(pod.status?.reason ?? ""): \(Redaction.line(pod.status?.message ?? ""))",
                    time: pod.metadata.creationTimestamp)
            })
        let pods = Array(ended.suffix(Self.loopAfter))
        if isEviction, let pressure = Self.pressure(last.status?.message ?? "") {
            // The node was short of it, and says whom it chose; the template need not be to blame.
            report.suspect(
                .placement,
                Cause(
                    id: pressure, summary: "Pods of \(workload.reference) are evicted again and again: \(text)",
                    object: ObjectReference(kind: "Node", name: last.spec.nodeName ?? "")))
            return
        }
        let how = isEviction ? "are evicted for what they take of the disk" : "are refused by the kubelet (\(reason))"
        // As far back as such pods are kept: the first of them tells whether the template ever ran.
        let began = subject.endedPods.compactMap(\.metadata.creationTimestamp).min()
        var cause = subject.cause(
            isEviction ? .podEvicted : .podRejected, "", fault: .anything, pods: pods, since: began)
        let brought = subject.changeWords(cause).map { " since \($0)" } ?? ""
        cause.summary = "Pods of \(workload.reference) \(how), one after the other\(brought): \(text)"
        report.suspect(.start, cause)
    }

    /// `The node was low on resource: ephemeral-storage. …`: the kubelet's words for a node under pressure.
    private static func pressure(_ message: String) -> CauseID? {
        guard message.hasPrefix("The node ") else { return nil }
        return message.contains("memory") ? .memoryPressure : .diskPressure
    }
}
