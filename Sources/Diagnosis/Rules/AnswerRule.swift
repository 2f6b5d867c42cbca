import FoundationEssentials
import Kubernetes

/// A service that does not answer although the cluster's view of it is in order.
struct AnswerRule: Rule {
    /// Pods that became ready this short a time ago were not there when the answer was tried.
    private static let justReady: Double = 10
    /// Without a probe that waits for it a process may take so long to listen.
    private static let startPatience: Double = 60

    func examine(_ subject: Subject, into report: inout Report) {
        guard let answer = subject.snapshot.answer, answer.kind != .ok else { return }
        let message = Redaction.line(answer.message)
        if answer.kind == .forbidden {
            return report.find(
                "not-asked", subject.targetObject, "Whether the service answers is not known: \(message)")
        }
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
        case .connectionRefused where isTold(answer, by: subject.readyPods):
            suspectOtherPort(workload, readySince: since.max(), message, subject, into: &report)
        case .serverError, .protocolError:
            suspectProgram(workload, message, subject, into: &report)
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

    /// Whether the revision or what it calls is to blame, the answer does not tell: going back is advised only.
    private func suspectProgram(
        _ workload: Workload, _ message: String, _ subject: Subject, into report: inout Report
    ) {
        var cause = subject.cause(.badAnswer, "", fault: .anything, pods: subject.readyPods, since: subject.now)
        let brought = subject.changeWords(cause).map { "; its newest revision is young: \($0)" } ?? ""
        cause.summary =
            "The pods of \(workload.reference) are Ready, and the service answers with an error: \(message)\(brought)"
        report.suspect(.answer, cause)
    }

    /// Nobody listens in a Ready pod: it has no readiness probe, or one that asks elsewhere.
    private func suspectOtherPort(
        _ workload: Workload, readySince: Date?, _ message: String, _ subject: Subject, into report: inout Report
    ) {
        guard subject.age(readySince) ?? 0 >= Self.startPatience else {
            report.suspect(
                .recovery,
                Cause(
                    id: .slowStart,
                    summary: "The pods of \(workload.reference) are Ready, and their process does not listen yet.",
                    object: workload.object, pods: subject.readyPods.map(\.reference)))
            return
        }
        // It is seen to fail only now: a revision that has been there for long has listened before.
        var cause = subject.cause(
            .notListening, "", fault: .anything, pods: subject.readyPods, since: subject.now)
        let brought = subject.changeWords(cause).map { ", since \($0)" } ?? ""
        cause.summary =
            "The pods of \(workload.reference) are Ready, but nobody listens where the Service leads to"
            + "\(brought) (\(message))."
        report.suspect(.answer, cause)
    }

    /// The refusal names the address of one of these pods: it came from there, and not from anything before it.
    private func isTold(_ answer: ServiceAnswer, by pods: [Pod]) -> Bool {
        pods.contains { pod in pod.status?.podIP.map { answer.message.contains("\($0):") } ?? false }
    }
}
