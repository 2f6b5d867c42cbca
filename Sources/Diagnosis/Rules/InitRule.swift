import Kubernetes

/// Init containers that end badly or do not end.
struct InitRule: Rule {
    /// An init container that runs this long, unless the Deployment's own deadline passed, is only slow.
    private static let patience: Double = 120
    /// One that waits for a name that is not there is not slow.
    private static let patienceWithoutName: Double = 30

    func examine(_ subject: Subject, into report: inout Report) {
        let troubles = subject.currentPods.compactMap { ContainerTrouble.first(of: $0, now: subject.now) }
            .filter(\.isInit)
        if let crashed = troubles.first(where: { $0.ended.map { $0.exitCode != 0 } ?? false }) {
            suspectCrash(crashed, troubles.map(\.pod), subject, into: &report)
        } else if let running = troubles.first(where: { $0.status.state?.running != nil }) {
            suspectHang(running, troubles.map(\.pod), subject, into: &report)
        }
    }

    private func suspectCrash(
        _ trouble: ContainerTrouble, _ pods: [Pod], _ subject: Subject, into report: inout Report
    ) {
        let name = trouble.status.name
        let code = trouble.ended?.exitCode ?? 0
        let log = subject.logTail(pod: trouble.pod.name, container: name)
        report.find(
            "init-crashed", trouble.pod.reference,
            "Init container \(name) of \(trouble.pod.reference) ended with code \(code), "
                + "restarted \(trouble.status.restartCount) times.",
            [trouble.evidence("state.terminated.exitCode", String(code), trouble.ended?.finishedAt)]
                + log.lines.map { trouble.evidence("log", $0) })
        // Like any process it may fail while what it waits for starts.
        guard trouble.status.restartCount >= 2 else {
            report.suspect(
                .recovery,
                Cause(
                    id: .crashTransient,
                    summary: "Init container \(name) of \(subject.owner) failed and is tried again.",
                    object: subject.owner, pods: pods.map(\.reference)))
            return
        }
        var cause = subject.cause(
            .initCrashes, "Init container \(name) of \(subject.owner) keeps ending with code \(code)\(log.clause).",
            fault: .initContainers, pods: pods)
        cause.container = name
        report.suspect(.initialization, cause)
    }

    private func suspectHang(
        _ trouble: ContainerTrouble, _ pods: [Pod], _ subject: Subject, into report: inout Report
    ) {
        let name = trouble.status.name
        let started = trouble.status.state?.running?.startedAt
        let age = subject.age(started) ?? 0
        report.find(
            "init-running", trouble.pod.reference,
            "Init container \(name) of \(trouble.pod.reference) has been running for \(Int(age)) s.",
            [trouble.evidence("state.running.startedAt", "\(Int(age)) s ago", started)])
        let isLate = subject.workload?.isLate == true
        let summary = "Init container \(name) of \(subject.owner)"
        let missing = missingName(name, subject)
        if isLate || age > (missing != nil ? Self.patienceWithoutName : Self.patience) {
            let what = missing.map { "“\($0.host)”, and there is no such name" } ?? "something that is not there"
            if let missing {
                report.find(
                    "init-waits", trouble.pod.reference,
                    "Init container \(name) waits for “\(missing.host)”, and no Service has that name.",
                    [missing.evidence])
            }
            report.suspect(
                .initialization,
                subject.cause(
                    .initHangs, "\(summary) does not come to an end; it waits for \(what).",
                    fault: .initContainers, pods: pods))
        } else {
            report.suspect(
                .recovery,
                Cause(
                    id: .slowStart, summary: "\(summary) is still at work.", object: subject.owner,
                    pods: pods.map(\.reference)))
        }
    }

    /// The name that it waits for and that nobody has: as its log says, or as its command asks for a Service that is
    /// not there.
    private func missingName(_ container: String, _ subject: Subject) -> (host: String, evidence: Evidence)? {
        let clue = subject.logClues.last { $0.container == container && $0.meaning == .nameNotFound }
        if let clue { return (clue.host ?? "a name", clue.evidence(subject)) }
        guard subject.unread(.services).isEmpty else { return nil }
        let asked = Dependency.all(of: subject).first { dependency in
            dependency.service == nil && dependency.evidence.field == "spec.template.containers[\(container)].args"
                && subject.isOfOwnNamespace(dependency.host.split(separator: ".").map(String.init))
        }
        return asked.map { ($0.host, $0.evidence) }
    }
}
