import FoundationEssentials
import Kubernetes

/// Pods that the API server does not let the controller create.
struct AdmissionRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0, let refusal = refusal(subject) else { return }
        report.find(
            "create-refused", refusal.evidence.object,
            "Pods of \(workload.reference) cannot be created: \(refusal.text)", [refusal.evidence])
        let text = refusal.text.lowercased()
        func suspect(_ id: CauseID, _ summary: String, _ fault: Fault?) {
            report.suspect(.admission, subject.cause(id, summary, fault: fault, since: refusal.evidence.time))
        }
        let pods = "pods of \(workload.reference)"
        if text.contains("exceeded quota") || text.contains("failed quota") {
            suspect(
                .quotaExceeded, "The namespace's quota does not allow more \(pods): \(refusal.text)",
                text.contains("failed quota") ? .resources : nil)
        } else if text.contains("serviceaccount"), text.contains("not found") {
            suspect(
                .serviceAccountMissing,
                "The service account that \(pods) are to run as does not exist: \(refusal.text)", .serviceAccount)
        } else if text.contains("failed calling webhook") {
            suspect(
                .webhookDown,
                "An admission webhook that does not answer keeps \(pods) from being created: \(refusal.text)",
                nil)
        } else if text.contains("podsecurity") || text.contains("pod security policy") {
            suspect(.securityContext, "The namespace's security policy refuses \(pods): \(refusal.text)", .security)
        } else if ["usage per container", "usage per pod", "ratio"].contains(where: { text.contains($0) }) {
            suspect(.limitRange, "A LimitRange forbids the resources of \(pods): \(refusal.text)", .resources)
        } else {
            // A refusal by a rule is the template's; an API server that failed once is not.
            let isRule = ["denied the request", "is forbidden", "is invalid"].contains { text.contains($0) }
            suspect(.rolloutStuck, "The API server refuses \(pods): \(refusal.text)", isRule ? .anything : nil)
        }
    }

    /// Why pods cannot be created now: a condition of the ReplicaSet, else an event newer than the last success.
    private func refusal(_ subject: Subject) -> (text: String, evidence: Evidence)? {
        let creator = subject.history?.current?.object ?? subject.owner
        let set = subject.snapshot.replicaSets.first { $0.name == creator.name }
        for condition in (set?.status?.conditions ?? []) + (subject.workload?.conditions ?? []) {
            if condition.type == "ReplicaFailure", condition.isTrue, condition.reason == "FailedCreate" {
                let text = Redaction.line(condition.message ?? "")
                return (
                    text,
                    Evidence(
                        object: creator, field: "status.conditions[ReplicaFailure]", value: text,
                        time: condition.lastTransitionTime)
                )
            }
        }
        // A ReplicaSet removes the condition once it succeeds; the other kinds have only events.
        guard set == nil, subject.livePods.count < subject.workload?.desired ?? 0 else { return nil }
        let events = subject.events(of: creator)
        guard let failure = events.last(where: { $0.reason == "FailedCreate" }) else { return nil }
        let success = events.last { $0.reason == "SuccessfulCreate" }?.lastSeen ?? .distantPast
        guard failure.lastSeen ?? .distantPast >= success else { return nil }
        let text = Redaction.line(failure.message ?? "")
        return (text, Evidence(object: creator, field: "event FailedCreate", value: text, time: failure.lastSeen))
    }
}
