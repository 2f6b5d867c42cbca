import FoundationEssentials
import Kubernetes

/// Containers that run and are not ready: a probe that asks in the wrong place, a process that no longer answers, or
/// one that is still starting.
struct ReadinessRule: Rule {
    /// Where nothing else bounds a start, longer than this is not slow any more.
    private static let patience: Double = 600

    /// A busy process misses a probe or two and is back; silence for longer is a hang.
    private static let silence: Double = 10

    func examine(_ subject: Subject, into report: inout Report) {
        let troubles = subject.currentPods.compactMap { ContainerTrouble.first(of: $0, now: subject.now) }.filter {
            trouble in
            !trouble.isInit && trouble.status.state?.running != nil && !trouble.status.ready
                && (trouble.status.restartCount == 0 || trouble.isPastItsCrash(now: subject.now))
        }
        guard let first = troubles.first else { return }
        let failure = subject.events(of: first.pod.reference).last { event in
            event.reason == "Unhealthy"
                && ["Readiness probe", "Startup probe"].contains { event.text.hasPrefix($0) }
        }
        note(first, failure, subject, into: &report)
        let pods = troubles.map(\.pod)
        if let cause = wrongProbe(first, failure, pods, subject) {
            report.suspect(.readiness, cause)
        } else if first.wasReady {
            suspectHang(first, failure, pods, subject, into: &report)
        } else {
            suspectSlowness(first, failure, pods, subject, into: &report)
        }
    }

    private func note(_ trouble: ContainerTrouble, _ failure: Event?, _ subject: Subject, into report: inout Report) {
        let started = trouble.status.state?.running?.startedAt
        var evidence = [trouble.evidence("ready", "false", subject.now)]
        if let failure {
            evidence.append(
                Evidence(
                    object: trouble.pod.reference, field: "event Unhealthy",
                    value: Redaction.line(failure.message ?? ""), time: failure.lastSeen))
        }
        let age = subject.age(started).map { " for \(Int($0)) s" } ?? ""
        report.find(
            "not-ready", trouble.pod.reference,
            "Container \(trouble.status.name) of \(trouble.pod.reference) runs\(age) and is not ready.", evidence)
    }

    /// The probe asks at a port or path that the process does not serve.
    private func wrongProbe(
        _ trouble: ContainerTrouble, _ failure: Event?, _ pods: [Pod], _ subject: Subject
    ) -> Cause? {
        guard let container = trouble.spec, let probe = container.readinessProbe else { return nil }
        let name = container.name
        let fault = Fault.probe(container: name, .readinessProbe)
        var cause = subject.cause(.readinessWrongPort, "", fault: fault, pods: pods)
        let brought = subject.changeWords(cause).map { ", which came with \($0)" } ?? ""
        let text = (failure?.message ?? "").lowercased()
        if let port = probe.port {
            let number = container.number(of: port)
            let declared = (container.ports ?? []).map(\.containerPort)
            let isDeclared = number.map { declared.isEmpty || declared.contains($0) } ?? false
            let earlier = believed(cause, subject)?.spec.containers.first { $0.name == name }
            let isChanged =
                earlier.flatMap { old in old.readinessProbe?.port.map { old.number(of: $0) != number } } ?? false
            let isLate = subject.age(trouble.status.state?.running?.startedAt) ?? 0 > 30
            // An undeclared port may be served all the same. That it was another one before, or that nothing listens
            // there long after the start, settles it; a declared port that is refused may only be slow.
            let isRefused = text.contains("connection refused")
            if number == nil || !isDeclared && (isChanged || isRefused && isLate) || isChanged && isRefused && isLate {
                let ports = declared.isEmpty ? "no port" : declared.map(String.init).joined(separator: ", ")
                cause.summary =
                    "The readiness probe of \(subject.owner) asks at port \(port), "
                    + "but the container serves \(ports)\(brought)."
                return cause
            }
        }
        cause.id = .rolloutStuck
        if probe.exec != nil, text.contains("failed to start exec") || text.contains("executable file not found") {
            cause.summary = "The readiness probe of \(subject.owner) (\(probe.words)) cannot be run in it\(brought)."
            return cause
        }
        if let words = Self.misunderstanding(text) {
            cause.summary =
                "The readiness probe of \(subject.owner) (\(probe.words)) \(words)\(brought): "
                + Redaction.line(failure?.text ?? "", limit: 200)
            return cause
        }
        guard cause.rollbackRevision != nil, text.contains("statuscode: 4") else { return nil }
        cause.summary =
            "The readiness probe of \(subject.owner) (\(probe.words)) is answered with an error\(brought)."
        return cause
    }

    /// Source: net/http of Go, by which the kubelet probes. What begins with 15 03 is an alert of TLS; HTTP/2, of which
    /// gRPC is made, begins with zeros.
    private static func misunderstanding(_ text: String) -> String? {
        let schemes = [
            "server gave http response to https client", "first record does not look like a tls handshake",
            #"malformed http response "\x15\x03"#,
        ]
        if schemes.contains(where: { text.contains($0) }) { return "and the program do not both speak HTTPS" }
        return text.contains("malformed http response") ? "is answered with something else than HTTP/1" : nil
    }

    /// The template that the cause would go back to.
    private func believed(_ cause: Cause, _ subject: Subject) -> PodTemplate? {
        subject.history?.revisions.first { $0.number == cause.rollbackRevision }?.template
    }

    private func suspectHang(
        _ trouble: ContainerTrouble, _ failure: Event?, _ pods: [Pod], _ subject: Subject, into report: inout Report
    ) {
        let text = (failure?.message ?? "").lowercased()
        // What a command prints is the program's own account of something else; only that it does not end is silence.
        let isCommand = trouble.spec?.readinessProbe?.exec != nil
        let words =
            isCommand
            ? ["errored: rpc error", "command timed out", "deadline exceeded"]
            : ["timeout", "deadline exceeded", "connection refused", "reset", "eof"]
        let isSilent = words.contains { text.contains($0) }
        report.find(
            "readiness-lost", trouble.pod.reference, "\(trouble.pod.reference) was ready and is not any more.",
            [
                Evidence(
                    object: trouble.pod.reference, field: "event Unhealthy",
                    value: Redaction.line(failure?.message ?? ""),
                    time: failure?.lastSeen)
            ])
        // A process that answers "not ready" is alive: what it needs is down, and replacing it helps nobody.
        guard isSilent else { return }
        let lost = trouble.pod.status?.conditions?.first { $0.type == "Ready" }?.lastTransitionTime
        guard subject.age(lost) ?? 0 >= Self.silence else {
            report.suspect(
                .recovery,
                Cause(
                    id: .slowStart, summary: "\(subject.owner) was slow to answer its readiness probe just now.",
                    object: subject.owner, pods: pods.map(\.reference)))
            return
        }
        report.suspect(
            .readiness,
            Cause(
                id: .hang, summary: "\(subject.owner) runs but stopped answering its readiness probe.",
                object: subject.owner, pods: pods.map(\.reference)))
    }

    private func suspectSlowness(
        _ trouble: ContainerTrouble, _ failure: Event?, _ pods: [Pod], _ subject: Subject, into report: inout Report
    ) {
        let isLate = subject.workload?.isLate == true
        let age = subject.age(trouble.status.state?.running?.startedAt) ?? 0
        let probe = trouble.spec?.startupProbe ?? trouble.spec?.readinessProbe
        let allowed = Double(
            (probe?.initialDelaySeconds ?? 0) + (probe?.periodSeconds ?? 10) * (probe?.failureThreshold ?? 3))
        guard !isLate, age < max(Self.patience, allowed) else { return }
        // That nobody listens yet says no more than that it starts; an answer says what it is not content with.
        let answer = failure.map(\.text).flatMap { $0.contains("statuscode:") ? Redaction.line($0, limit: 120) : nil }
        report.suspect(
            .recovery,
            Cause(
                id: .slowStart,
                summary: "\(subject.owner) is still starting, \(Int(age)) s so far"
                    + "\(answer.map { " (\($0))" } ?? "").",
                object: subject.owner, pods: pods.map(\.reference)))
    }
}
