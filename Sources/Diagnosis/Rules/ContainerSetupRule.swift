import Kubernetes

/// Containers that cannot be made: what they refer to is missing, or what they are to run is not there.
struct ContainerSetupRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        let troubles = subject.currentPods.compactMap { ContainerTrouble.first(of: $0, now: subject.now) }
        suspectConfiguration(troubles, subject, into: &report)
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
        if let missing = MissingReference(waiting.message ?? "", pod: first.pod) {
            report.suspect(.start, missing.cause(pods: pods, subject))
        } else if text.lowercased().contains("runasnonroot") || text.lowercased().contains("run as root") {
            let summary = "Pods of \(subject.owner) may not run as root, and their image does: \(text)"
            report.suspect(.start, subject.cause(.securityContext, summary, fault: .security, pods: pods))
        } else if ["seccomp", "apparmor"].contains(where: { text.lowercased().contains($0) }) {
            let summary = "The security profile that pods of \(subject.owner) name is not on the node: \(text)"
            report.suspect(.start, subject.cause(.securityContext, summary, fault: .security, pods: pods))
        } else if subject.workload?.isLate == true || isCertain(first, subject) {
            // Before the rollout's own deadline it may as well be the node's hiccup, which the kubelet tries again.
            if text.lowercased().contains("subpath") {
                let fault: Fault = subject.workload?.isLate == true ? .anything : .volumes
                return suspectMount(text, fault, pods, subject, into: &report)
            }
            let summary = "Container \(first.status.name) of \(subject.owner) cannot be created: \(text)"
            report.suspect(.start, subject.cause(.rolloutStuck, summary, fault: .anything, pods: pods))
        }
    }

    /// What the pod says of itself cannot be carried out, and the kubelet has tried it several times. What it says of
    /// a container that has run, or of a template that was rolled out, is of the node, as after its start; a cache of
    /// the kubelet that is still filling is its own affair.
    private func isCertain(_ trouble: ContainerTrouble, _ subject: Subject) -> Bool {
        let message = trouble.waiting?.message ?? ""
        guard trouble.waiting?.reason == "CreateContainerConfigError", trouble.ended == nil,
            trouble.status.restartCount == 0,
            subject.workload?.condition("Progressing")?.reason != "NewReplicaSetAvailable",
            !["cache", "have not yet been read"].contains(where: { message.contains($0) })
        else { return false }
        // Its image may have taken long to come.
        let told = subject.events(of: trouble.pod.reference).last { event in
            event.reason == "Failed" && !message.isEmpty && event.text.contains(message)
        }
        let since = told.map { $0.firstTimestamp ?? $0.eventTime } ?? trouble.pod.metadata.creationTimestamp
        return subject.age(since) ?? 0 > Self.patience
    }

    /// Seconds; the kubelet tries again every ten to fifteen.
    private static let patience: Double = 45

    /// A program that is not in the image.
    private func suspectCommand(_ all: [ContainerTrouble], _ subject: Subject, into report: inout Report) {
        let troubles = all.filter { !$0.isInit && Self.startFailure($0) != nil }
        guard let first = troubles.first, let text = Self.startFailure(first) else { return }
        report.find(
            "start-failed", first.pod.reference,
            "Container \(first.status.name) of \(first.pod.reference) cannot start its command.",
            [first.evidence("lastState.terminated", text, first.ended?.finishedAt)])
        let lower = text.lowercased()
        if lower.contains("error mounting") || lower.contains("mount a directory onto a file") {
            return suspectMount(Self.reason(text), .volumes, troubles.map(\.pod), subject, into: &report)
        }
        let command = Redaction.line(
            ((first.spec?.command ?? []) + (first.spec?.args ?? [])).joined(separator: " "), limit: 80)
        var cause = subject.cause(
            .badCommand, "", fault: .process(container: first.status.name), pods: troubles.map(\.pod))
        let brought = subject.changeWords(cause).map { ", which came with \($0)" } ?? ""
        let what = command.isEmpty ? "its image's own" : command
        cause.summary = "The command of \(subject.owner) (\(what)) cannot be started\(brought): \(Self.reason(text))"
        report.suspect(.start, cause)
    }

    private func suspectMount(
        _ text: String, _ fault: Fault, _ pods: [Pod], _ subject: Subject, into report: inout Report
    ) {
        var cause = subject.cause(.volumeNotMounted, "", fault: fault, pods: pods)
        let brought = subject.changeWords(cause).map { ", since \($0)" } ?? ""
        cause.summary = "A volume cannot be mounted where \(subject.owner) wants it\(brought): \(text)"
        report.suspect(.start, cause)
    }

    /// The innermost of the runtime's reasons: `exec: "/nope": no such file or directory`.
    private static func reason(_ text: String) -> String {
        let layers = ["unable to start container process: ", "error during container init: "]
        var rest = text[...]
        for layer in layers {
            if let found = rest.firstRange(of: layer) { rest = rest[found.upperBound...] }
        }
        return Redaction.line(rest.hasSuffix(": unknown") ? String(rest.dropLast(9)) : String(rest), limit: 240)
    }

    /// What the runtime said when it could not start the process; nil when a process did run.
    static func startFailure(_ trouble: ContainerTrouble) -> String? {
        let ended = trouble.ended
        if ended?.reason == "StartError" || ended?.reason == "ContainerCannotRun" {
            let text = ended?.message ?? ended?.reason
            return isOutOfMemory(text) ? nil : text
        }
        let text = trouble.waiting?.reason == "RunContainerError" ? trouble.waiting?.message : nil
        return isOutOfMemory(text) ? nil : text
    }

    /// A limit so low that not even the process could be made; the runtime says that instead of `OOMKilled`.
    static func isOutOfMemory(_ text: String?) -> Bool {
        let lower = text?.lowercased() ?? ""
        return ["oom-killed", "memory limit too low", "unable to set memory limit"].contains { lower.contains($0) }
    }
}
