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
                + log.map { trouble.evidence("log", $0) })
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
        let last = log.last.map { "; its last words: \($0)" } ?? ""
        report.suspect(
            .initialization,
            subject.cause(
                .initCrashes, "Init container \(name) of \(subject.owner) keeps ending with code \(code)\(last).",
                fault: .initContainers, pods: pods))
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
        let isNameless = subject.logClues.contains { $0.container == name && $0.meaning == .nameNotFound }
        if isLate || age > (isNameless ? Self.patienceWithoutName : Self.patience) {
            report.suspect(
                .initialization,
                subject.cause(
                    .initHangs, "\(summary) does not come to an end; it waits for something that is not there.",
                    fault: .initContainers, pods: pods))
        } else {
            report.suspect(
                .recovery,
                Cause(
                    id: .slowStart, summary: "\(summary) is still at work.", object: subject.owner,
                    pods: pods.map(\.reference)))
        }
    }
}
