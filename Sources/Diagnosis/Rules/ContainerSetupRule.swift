import Kubernetes

/// Containers that cannot be made: what they refer to is missing, or what they are to run is not there.
struct ContainerSetupRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        let troubles = subject.currentPods.compactMap { ContainerTrouble.first(of: $0, now: subject.now) }
        suspectConfiguration(troubles, subject, into: &report)
        suspectMounts(subject, into: &report)
        suspectCommand(troubles, subject, into: &report)
    }

    private func suspectConfiguration(_ all: [ContainerTrouble], _ subject: Subject, into report: inout Report) {
        let reasons: Set = ["CreateContainerConfigError", "CreateContainerError"]
        let troubles = all.filter { reasons.contains($0.waiting?.reason ?? "") }
        guard let first = troubles.first, let waiting = first.waiting else { return }
        let text = Redaction.line(waiting.message ?? "")
        report.find(
            "container-not-created", first.pod.reference,
            "Container \(first.status.name) of \(first.pod.reference) cannot be created: \(text)",
            [first.evidence("state.waiting", "\(waiting.reason ?? ""): \(text)", first.pod.metadata.creationTimestamp)])
        let pods = troubles.map(\.pod)
        if let cause = missing(text, pods: pods, subject) {
            report.suspect(.start, cause)
        } else if text.lowercased().contains("runasnonroot") || text.lowercased().contains("run as root") {
            let summary = "Pods of \(subject.owner) may not run as root, and their image does: \(text)"
            report.suspect(.start, subject.cause(.securityContext, summary, fault: .security, pods: pods))
        } else if subject.workload?.isLate == true {
            // Before the rollout's own deadline it may as well be the node's hiccup, which the kubelet tries again.
            let summary = "Container \(first.status.name) of \(subject.owner) cannot be created: \(text)"
            report.suspect(.start, subject.cause(.rolloutStuck, summary, fault: .anything, pods: pods))
        }
    }

    /// Pods that wait in ContainerCreating for a volume.
    private func suspectMounts(_ subject: Subject, into report: inout Report) {
        for pod in subject.currentPods where pod.status?.phase == "Pending" && !pod.isReady {
            let failure = subject.events(of: pod.reference).last { event in
                // A kubelet whose cache is still filling says so and tries again at once.
                ["FailedMount", "FailedAttachVolume"].contains(event.reason)
                    && !(event.message ?? "").contains("failed to sync")
            }
            guard let failure else { continue }
            let text = Redaction.line(failure.message ?? "")
            report.find(
                "volume-not-mounted", pod.reference, "A volume of \(pod.reference) cannot be mounted: \(text)",
                [Evidence(object: pod.reference, field: "event FailedMount", value: text, time: failure.lastSeen)])
            if let cause = missing(failure.message ?? "", pods: [pod], subject) { report.suspect(.start, cause) }
            return
        }
    }

    /// `configmap "x" not found`, `secret "x" not found`, `couldn't find key k in ConfigMap ns/x`.
    private func missing(_ text: String, pods: [Pod], _ subject: Subject) -> Cause? {
        let lower = text.lowercased()
        let lacksKey = lower.contains("find key")
        guard lower.contains("not found") || lacksKey,
            let match = text.firstMatch(of: /\b(?i:(configmap|secret)s?)\s+"?(?:[^\s"\/]+\/)?([^\s"\/,:]+)/)
        else { return nil }
        let name = String(match.output.2)
        let isMap = match.output.1.lowercased() == "configmap"
        let noun = isMap ? "ConfigMap" : "Secret"
        let what = lacksKey ? "\(noun) \(name) lacks a key" : "\(noun) \(name) does not exist"
        // A key is asked for by the template too: another revision may ask the same object for keys that it has.
        let fault: Fault = lacksKey ? .anything : isMap ? .configMap(name) : .secret(name)
        return subject.cause(
            isMap ? .configMapMissing : .secretMissing, "\(what) that pods of \(subject.owner) need.", fault: fault,
            pods: pods)
    }

    /// A program that is not in the image.
    private func suspectCommand(_ all: [ContainerTrouble], _ subject: Subject, into report: inout Report) {
        let troubles = all.filter { !$0.isInit && Self.startFailure($0) != nil }
        guard let first = troubles.first, let text = Self.startFailure(first) else { return }
        report.find(
            "start-failed", first.pod.reference,
            "Container \(first.status.name) of \(first.pod.reference) cannot start its command.",
            [first.evidence("lastState.terminated", text, first.ended?.finishedAt)])
        let command = Redaction.line(
            ((first.spec?.command ?? []) + (first.spec?.args ?? [])).joined(separator: " "), limit: 80)
        var cause = subject.cause(
            .badCommand, "", fault: .process(container: first.status.name), pods: troubles.map(\.pod))
        let brought = subject.changeWords(cause).map { ", which came with \($0)" } ?? ""
        cause.summary = "The command of \(subject.owner) (\(command)) cannot be started\(brought)."
        report.suspect(.start, cause)
    }

    /// What the runtime said when it could not start the process; nil when a process did run.
    static func startFailure(_ trouble: ContainerTrouble) -> String? {
        let ended = trouble.ended
        if ended?.reason == "StartError" || ended?.reason == "ContainerCannotRun" {
            return ended?.message ?? ended?.reason
        }
        let text = trouble.waiting?.reason == "RunContainerError" ? trouble.waiting?.message : nil
        return text
    }
}
