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
        if workload.reference.kind == .pod { return suspectLonePod(workload, subject, into: &report) }
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

    /// A pod without a controller that has ended: nobody makes it anew.
    private func suspectLonePod(_ workload: Workload, _ subject: Subject, into report: inout Report) {
        guard let pod = subject.leftoverPods.first(where: { $0.name == workload.reference.name }) else { return }
        let ends = (pod.status?.containerStatuses ?? []).compactMap { status in
            status.state?.terminated.map { (name: status.name, end: $0) }
        }
        let worst = ends.first { $0.end.exitCode != 0 } ?? ends.first
        let log = worst.map { subject.logTail(pod: pod.name, container: $0.name) }
        let how = pod.status?.reason ?? worst.map { "code \($0.end.exitCode)" } ?? pod.status?.phase ?? "unknown"
        report.find(
            "lone-pod-ended", pod.reference, "\(pod.reference) has ended, and no controller makes it anew.",
            [
                Evidence(
                    object: pod.reference, field: "status.phase",
                    value: Redaction.line("\(pod.status?.phase ?? "") \(pod.status?.message ?? "")"),
                    time: worst?.end.finishedAt)
            ])
        // What has done its work is wanted only where a Service leads to it.
        guard pod.status?.phase == "Failed" || subject.service != nil else { return }
        var cause = Cause(
            id: .crashOnlyRevision,
            summary: "\(pod.reference) has ended (\(how)) and nothing starts it again: no controller owns it"
                + "\(log?.clause ?? "").",
            object: pod.reference, pods: [pod.reference])
        cause.hint = log.flatMap { LogHint.last(in: $0.lines) }
        report.suspect(.process, cause)
    }

    /// `The node was low on resource: ephemeral-storage. …`: the kubelet's words for a node under pressure.
    private static func pressure(_ message: String) -> CauseID? {
        guard message.hasPrefix("The node ") else { return nil }
        return message.contains("memory") ? .memoryPressure : .diskPressure
    }
}
