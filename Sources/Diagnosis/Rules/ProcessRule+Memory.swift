import FoundationEssentials
import Kubernetes

/// Processes that are killed for want of memory.
extension ProcessRule {
    static func isOutOfMemory(_ ended: ContainerStatus.State.Terminated) -> Bool {
        ended.reason == "OOMKilled"
            || ended.reason == "StartError" && ContainerSetupRule.isOutOfMemory(ended.message)
    }

    func suspectMemory(
        _ trouble: ContainerTrouble, _ pods: [Pod], _ subject: Subject, into report: inout Report
    ) {
        let name = trouble.status.name
        let limit = trouble.spec?.resources?.limits?["memory"]
        let curve = noteCurve(trouble, subject, into: &report)
        if let cause = cutLimit(trouble, limit, pods, subject) { return report.suspect(.process, cause) }
        let mark = MemoryMark(subject.workload?.metadata)
        let isTakenBack = mark?.isTakenBack(at: limit) ?? false
        // Somebody has set another limit since: what the mark tells is of none that holds.
        let isOutdated = mark?.isTakeBack == true && !isTakenBack
        // Where twice the limit did not help, the first kill tells as much as the next ones; of another template it
        // does not.
        guard trouble.status.restartCount >= 2 || cameByTakeBack(limit, name, subject) else {
            let summary = "\(subject.owner) was killed once for want of memory and is started again."
            report.suspect(.recovery, Self.transient(summary, pods, subject))
            return
        }
        // Less than now was not enough either: an older revision would be no way back.
        let fault: Fault? =
            isOutdated || subject.ranBefore(failingSince: failingSince(trouble, subject))
            ? nil : .memory(container: name)
        let limited = limit.map { "at its limit of \($0)" } ?? "though it has no limit of its own: the node ran out"
        if let words = subject.workload?.metadata.annotations?[MemoryMark.annotation], !isOutdated {
            let course = curve?.words ?? "it grows without end, or needs far more"
            let raise =
                mark.flatMap { isTakenBack ? $0 : nil }.map {
                    "\(limited): Cortex had raised it to \($0.from), which did not help, and took that back"
                } ?? "again, though its limit was raised (\(Redaction.line(words, limit: 60)))"
            let summary = "\(subject.owner) is killed for want of memory \(raise): \(course)."
            var cause = subject.cause(.oomLeak, summary, fault: nil, pods: pods)
            cause.container = subject.named(trouble)
            report.suspect(.process, cause)
            return
        }
        var cause = subject.cause(.oomLimitLow, "", fault: fault, pods: pods)
        cause.container = subject.named(trouble)
        let brought = subject.changeWords(cause).map { ", since \($0)" } ?? ""
        let course = curve?.words.map { ": \($0)" } ?? ""
        cause.summary = "\(subject.owner) is killed for want of memory \(limited)\(brought)\(course)."
        report.suspect(.process, cause)
    }

    /// The template cut the limit that it is killed at; nil where it did not, or where Cortex itself took a raise back.
    private func cutLimit(
        _ trouble: ContainerTrouble, _ limit: String?, _ pods: [Pod], _ subject: Subject
    ) -> Cause? {
        let name = trouble.status.name
        let earlier = subject.history?.previous?.template.spec.containers.first { $0.name == name }
        let before = earlier?.resources?.limits?["memory"]
        guard let limit, let now = Quantity(limit), earlier != nil,
            before.flatMap({ Quantity($0) }).map({ now < $0 }) ?? true,
            !subject.ranBefore(failingSince: failingSince(trouble, subject))
        else { return nil }
        if cameByTakeBack(limit, name, subject) { return nil }
        var cause = subject.cause(.oomLimitCut, "", fault: .memory(container: name), pods: pods)
        cause.introducedByRevision = true
        cause.summary =
            "\(subject.owner) is killed for want of memory since its limit was cut "
            + "from \(before ?? "none") to \(limit)."
        return cause
    }

    /// The current revision is the one that Cortex went back to: the one before has the limit that did not help.
    private func cameByTakeBack(_ limit: String?, _ container: String, _ subject: Subject) -> Bool {
        guard let mark = MemoryMark(subject.workload?.metadata), mark.isTakenBack(at: limit) else { return false }
        let earlier = subject.history?.previous?.template.spec.containers.first { $0.name == container }
        return earlier?.resources?.limits?["memory"].flatMap { Quantity($0) } == Quantity(mark.from)
    }

    /// What was seen of its use over time, as evidence; nil where the container has no limit of its own.
    private func noteCurve(
        _ trouble: ContainerTrouble, _ subject: Subject, into report: inout Report
    ) -> MemoryCurve? {
        guard let curve = subject.memoryCurve(of: trouble.status.name), !curve.facts.isEmpty else { return nil }
        let course = curve.words ?? "how its use goes is not known"
        report.find(
            "memory-curve", trouble.pod.reference,
            "The memory of container \(trouble.status.name) of \(subject.owner): \(course).",
            curve.facts.map { fact in
                Evidence(
                    object: trouble.pod.reference, field: "memory[\(trouble.status.name)]",
                    value: Redaction.line(fact, limit: 200), time: subject.now)
            })
        return curve
    }
}
