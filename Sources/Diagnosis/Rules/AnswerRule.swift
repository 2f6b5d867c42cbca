import Kubernetes

/// A service that does not answer although the cluster's view of it is in order.
struct AnswerRule: Rule {
    /// Pods that became ready this short a time ago were not there when the answer was tried.
    private static let justReady: Double = 10

    func examine(_ subject: Subject, into report: inout Report) {
        guard let answer = subject.snapshot.answer, answer.kind != .ok else { return }
        let message = Redaction.line(answer.message)
        report.find(
            "no-answer", subject.targetObject, "The service did not answer as it should: \(message)",
            [
                Evidence(
                    object: subject.targetObject, field: "answer", value: "\(answer.kind.rawValue): \(message)",
                    time: subject.now)
            ])
        guard let workload = subject.workload, !subject.readyPods.isEmpty, !report.has("no-endpoints") else { return }
        let since = subject.readyPods.compactMap { pod in
            pod.status?.conditions?.first { $0.type == "Ready" }?.lastTransitionTime
        }
        if answer.kind != .nameNotFound, since.count == subject.readyPods.count,
            since.allSatisfy({ subject.age($0) ?? 0 < Self.justReady })
        {
            report.suspect(
                .recovery,
                Cause(
                    id: .slowStart,
                    summary:
                        "The pods of \(workload.reference) became ready only now; the service has to be asked again.",
                    object: workload.object))
            return
        }
        switch answer.kind {
        case .timeout, .connectionReset:
            report.suspect(
                .answer,
                Cause(
                    id: .hang,
                    summary: "The pods of \(workload.reference) are Ready but do not answer requests (\(message)).",
                    object: workload.object, pods: subject.readyPods.map(\.reference)))
        case .nameNotFound where subject.service != nil:
            report.suspect(
                .answer,
                Cause(
                    id: .dnsDown,
                    summary:
                        "Service \(subject.targetObject.name) exists, but its name is not found: the name is wrong "
                        + "or the cluster's DNS does not answer.",
                    object: subject.targetObject))
        default: break
        }
    }
}
