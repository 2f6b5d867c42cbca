import FoundationEssentials
import Kubernetes

/// Pods that the API server does not let the controller create.
struct AdmissionRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0, let refusal = Self.refusal(subject) else { return }
        report.find(
            "create-refused", refusal.evidence.object,
            "Pods of \(workload.reference) cannot be created: \(refusal.text)", [refusal.evidence])
        let text = refusal.text.lowercased()
        func suspect(_ id: CauseID, _ summary: String, _ fault: Fault?) {
            report.suspect(.admission, subject.cause(id, summary, fault: fault, since: refusal.evidence.time))
        }
        let pods = "pods of \(workload.reference)"
        if text.contains("being terminated") {
            suspect(.beingDeleted, "Somebody deletes the namespace of \(workload.reference): \(refusal.text)", nil)
        } else if let unset = Self.unset(refusal.text) {
            report.suspect(.admission, unsaid(unset, refusal, subject, into: &report))
        } else if Self.isQuota(text) {
            note(quotasIn: refusal.text, subject, into: &report)
            var cause = subject.cause(
                .quotaExceeded, "The namespace's quota does not allow more \(pods): \(refusal.text)",
                fault: text.contains("failed quota") ? .resources : nil, since: refusal.evidence.time)
            // All that it had serves on: only what a rollout makes before it takes anything away is one too many.
            if !subject.olderPods.isEmpty, subject.readyCount >= workload.desired { cause.hint = .surge }
            report.suspect(.admission, cause)
        } else if text.contains("serviceaccount"), text.contains("not found") {
            suspect(
                .serviceAccountMissing,
                "The service account that \(pods) are to run as does not exist: \(refusal.text)", .serviceAccount)
        } else if text.contains("failed calling webhook") {
            let summary = "An admission webhook that does not answer keeps \(pods) from being created: \(refusal.text)"
            var cause = subject.cause(.webhookDown, summary, fault: nil, since: refusal.evidence.time)
            if let webhook = Self.webhook(refusal.text) { cause.object = webhook }
            report.suspect(.admission, cause)
        } else if text.contains("podsecurity") || text.contains("pod security policy") {
            suspect(.securityContext, "The namespace's security policy refuses \(pods): \(refusal.text)", .security)
        } else if Self.isLimitRange(text) {
            for range in subject.snapshot.limitRanges { note(range, into: &report) }
            suspect(.limitRange, "A LimitRange forbids the resources of \(pods): \(refusal.text)", .resources)
        } else {
            // A refusal by a rule is the template's; an API server that failed once is not.
            let isRule = ["denied the request", "is forbidden", "is invalid"].contains { text.contains($0) }
            suspect(.rolloutStuck, "The API server refuses \(pods): \(refusal.text)", isRule ? .anything : nil)
        }
    }

    /// What the API server called: the Service behind the webhook, else the webhook by its name.
    ///
    /// `failed calling webhook "check.example.com": Post "https://check.policy.svc:443/pods?timeout=10s": …`, with
    /// `failed to call webhook: ` before `Post` from Kubernetes 1.23 on.
    static func webhook(_ refusal: String) -> ObjectReference? {
        if let start = refusal.firstRange(of: "\"https://") {
            let host = refusal[start.upperBound...].prefix { $0 != ":" && $0 != "/" && $0 != "\"" }
            let labels = host.split(separator: ".")
            if labels.count >= 3, labels[2] == "svc" {
                return ObjectReference(kind: "Service", namespace: String(labels[1]), name: String(labels[0]))
            }
        }
        guard let start = refusal.firstRange(of: "failed calling webhook \"") else { return nil }
        let name = refusal[start.upperBound...].prefix { $0 != "\"" }
        return name.isEmpty ? nil : ObjectReference(kind: "Webhook", name: String(name))
    }

    /// A quota can only count what each pod says of itself.
    private func unsaid(
        _ resources: String, _ refusal: (text: String, evidence: Evidence), _ subject: Subject,
        into report: inout Report
    ) -> Cause {
        for quota in subject.snapshot.quotas where refusal.text.contains("failed quota: \(quota.name):") {
            report.find(
                "quota", quota.reference, "\(quota.reference) asks every pod to say its \(resources).",
                [
                    Evidence(
                        object: quota.reference, field: "spec.hard",
                        value: (quota.spec?.hard ?? [:]).keys.sorted().joined(separator: ", "), time: quota.lastChange)
                ])
        }
        var cause = subject.cause(
            .quotaExceeded,
            "The namespace's quota counts \(resources), and pods of \(subject.owner) do not say theirs: "
                + refusal.text, fault: .resources, since: refusal.evidence.time)
        cause.hint = .resourcesUnset
        return cause
    }

    /// `limits.cpu`: what a quota wants to be told of every pod, where the refusal says that it was not.
    static func unset(_ refusal: String) -> String? {
        guard refusal.contains("failed quota"), let words = refusal.firstRange(of: "must specify ") else { return nil }
        return String(refusal[words.upperBound...])
    }

    static func isQuota(_ refusal: String) -> Bool {
        refusal.contains("exceeded quota") || refusal.contains("failed quota")
    }

    static func isLimitRange(_ refusal: String) -> Bool {
        !isQuota(refusal) && ["usage per container", "usage per pod", "ratio"].contains { refusal.contains($0) }
    }

    /// The quotas that the refusal names, with what they allow and what is used of it.
    private func note(quotasIn refusal: String, _ subject: Subject, into report: inout Report) {
        let words = Set(refusal.split { $0 == " " || $0 == ":" || $0 == "," })
        for quota in subject.snapshot.quotas where words.contains(Substring(quota.name)) {
            let hard = quota.status?.hard ?? quota.spec?.hard ?? [:]
            let counts = hard.keys.sorted().prefix(6).map {
                "\($0) \(quota.status?.used?[$0] ?? "?") of \(hard[$0] ?? "?")"
            }
            let value = counts.joined(separator: ", ")
            report.find(
                "quota", quota.reference, "\(quota.reference) is used up: \(value).",
                [Evidence(object: quota.reference, field: "status.used", value: value, time: quota.lastChange)])
        }
    }

    private func note(_ range: LimitRange, into report: inout Report) {
        let bounds = (range.spec?.limits ?? []).flatMap { item in
            [("min", item.min), ("max", item.max), ("maxLimitRequestRatio", item.maxLimitRequestRatio)].flatMap {
                name, values in
                (values ?? [:]).keys.sorted().map { "\(item.type) \(name) \($0) \(values?[$0] ?? "")" }
            }
        }
        guard !bounds.isEmpty else { return }
        let value = bounds.prefix(6).joined(separator: ", ")
        report.find(
            "limit-range", range.reference, "\(range.reference) sets bounds: \(value).",
            [Evidence(object: range.reference, field: "spec.limits", value: value, time: range.lastChange)])
    }

    /// Why pods cannot be created now: a condition of the ReplicaSet, else an event newer than the last success.
    static func refusal(_ subject: Subject) -> (text: String, evidence: Evidence)? {
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
