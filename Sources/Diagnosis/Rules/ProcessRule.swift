import FoundationEssentials
import Kubernetes

/// Processes that end: by themselves, for want of memory, or killed by their liveness probe.
struct ProcessRule: Rule {
    /// A process that ended this often does so for a reason that waiting does not cure. The kubelet's back-off makes
    /// it about 35 s for the third restart.
    static let loopAfter = 3

    func examine(_ subject: Subject, into report: inout Report) {
        let ended = subject.currentPods.compactMap { ContainerTrouble.first(of: $0, now: subject.now) }.filter {
            trouble in
            !trouble.isInit && trouble.ended != nil && !trouble.isPastItsCrash(now: subject.now)
                && ContainerSetupRule.startFailure(trouble) == nil
                && (trouble.status.state?.running == nil || trouble.status.restartCount > 0)
        }
        // The pod that ended most often tells most.
        guard let worst = ended.max(by: { $0.status.restartCount < $1.status.restartCount }), let last = worst.ended
        else { return }
        note(worst, last, subject, into: &report)
        let pods = ended.map(\.pod)
        if Self.isOutOfMemory(last) {
            suspectMemory(worst, pods, subject, into: &report)
        } else if let kill = probeKill(worst, subject) {
            suspectProbe(worst, kill, pods, subject, into: &report)
        } else {
            suspectCrash(worst, last, pods, subject, into: &report)
        }
    }

    private func note(
        _ trouble: ContainerTrouble, _ last: ContainerStatus.State.Terminated, _ subject: Subject,
        into report: inout Report
    ) {
        let isOut = Self.isOutOfMemory(last)
        let how = isOut ? "was killed for want of memory" : "ended with code \(last.exitCode)"
        let log = subject.logTail(pod: trouble.pod.name, container: trouble.status.name)
        report.find(
            isOut ? "out-of-memory" : "container-ended", trouble.pod.reference,
            "Container \(trouble.status.name) of \(trouble.pod.reference) \(how), "
                + "restarted \(trouble.status.restartCount) times.",
            [
                trouble.evidence("lastState.terminated", "\(last.reason ?? "") \(last.exitCode)", last.finishedAt),
                trouble.evidence("restartCount", String(trouble.status.restartCount), subject.now),
            ] + log.lines.map { trouble.evidence("log", $0) })
    }

    /// The kubelet's word that it killed the container because of a probe, if that is how it last ended.
    private func probeKill(_ trouble: ContainerTrouble, _ subject: Subject) -> (kill: Event, failure: Event?)? {
        let events = subject.events(of: trouble.pod.reference)
        let words = ["failed liveness probe", "failed startup probe"]
        guard
            let kill = events.last(where: { event in
                event.reason == "Killing" && words.contains { (event.message ?? "").contains($0) }
                    && (event.message ?? "").contains(trouble.status.name)
            })
        else { return nil }
        // It must be about the last ends, not about one long ago: the container is gone a grace period later.
        if let seen = kill.lastSeen, let finished = trouble.ended?.finishedAt,
            abs(finished.timeIntervalSince(seen)) > Self.killWindow(trouble)
        {
            return nil
        }
        let failure = events.last { event in
            event.reason == "Unhealthy"
                && (event.text.hasPrefix("Liveness probe") || event.text.hasPrefix("Startup probe"))
        }
        return (kill, failure)
    }

    /// Events of one pod are limited to a burst and then to one in five minutes, so the last kill may be missing.
    /// One that ended by the kubelet's signals was killed by somebody: the word of an hour ago still tells by whom.
    private static func killWindow(_ trouble: ContainerTrouble) -> Double {
        let signals = [137, 143]
        if let code = trouble.ended?.exitCode, signals.contains(code) { return 3600 }
        return Double(trouble.pod.spec.terminationGracePeriodSeconds ?? 30) + 330
    }

    private func suspectProbe(
        _ trouble: ContainerTrouble, _ kill: (kill: Event, failure: Event?), _ pods: [Pod], _ subject: Subject,
        into report: inout Report
    ) {
        let name = trouble.status.name
        let isStartup = (kill.kill.message ?? "").contains("startup")
        let probe = isStartup ? trouble.spec?.startupProbe : trouble.spec?.livenessProbe
        let kind = isStartup ? "startup" : "liveness"
        var why = Redaction.line(kill.failure?.message ?? kill.kill.message ?? "")
        // The kubelet says nothing more of a command that printed nothing, or that did not end in time.
        if why.hasSuffix("failed: ") || why.hasSuffix("failed:") {
            why = why.prefix { $0 != ":" } + ": no word within its timeout of \(probe?.timeoutSeconds ?? 1) s"
        }
        report.find(
            "probe-kills", trouble.pod.reference,
            "The \(kind) probe of \(trouble.pod.reference) fails and the kubelet restarts the container: \(why)",
            [
                Evidence(
                    object: trouble.pod.reference, field: "event Unhealthy", value: why,
                    time: kill.failure?.lastSeen ?? kill.kill.lastSeen)
            ])
        let isLongLived = subject.ranBefore(failingSince: failingSince(trouble, subject))
        let fault: Fault? = isLongLived ? nil : .probe(container: name, isStartup ? .startupProbe : .livenessProbe)
        var cause = subject.cause(.livenessWrong, "", fault: fault, pods: pods)
        // Under a template that worked before, a kill or two is what a liveness probe is for.
        guard cause.rollbackRevision != nil || trouble.status.restartCount >= Self.loopAfter else {
            let summary = "The \(kind) probe restarted \(subject.owner), which is starting again: \(why)"
            report.suspect(.recovery, Self.transient(summary, pods, subject))
            return
        }
        let brought = subject.changeWords(cause).map { ", which came with \($0)" } ?? ""
        cause.summary =
            "The \(kind) probe (\(probe?.words ?? "gone")) restarts \(subject.owner) again and again\(brought): \(why)"
        report.suspect(.process, cause)
    }

    private func suspectCrash(
        _ trouble: ContainerTrouble, _ last: ContainerStatus.State.Terminated, _ pods: [Pod], _ subject: Subject,
        into report: inout Report
    ) {
        let isLate = subject.workload?.isLate == true
        let restarts = trouble.status.restartCount
        let isLoop = restarts >= Self.loopAfter || restarts >= 2 && isLate
        let words =
            hookFailure(trouble, subject)
            ?? subject.logTail(pod: trouble.pod.name, container: trouble.status.name).clause
        guard isLoop, !isRecovering(trouble, last, subject) else {
            let summary = "\(subject.owner) ended with code \(last.exitCode) and is started again\(words)."
            report.suspect(.recovery, Self.transient(summary, pods, subject))
            return
        }
        // A sibling of the same revision that runs without a fault, or a revision that served for long: the template
        // is not what broke it.
        let hasSoundSibling = subject.currentPods.contains { pod in
            pod.isReady && !pods.contains { $0.name == pod.name }
                && (pod.status?.containerStatuses ?? []).allSatisfy { $0.restartCount == 0 }
        }
        let isBlameless =
            hasSoundSibling || subject.ranBefore(failingSince: failingSince(trouble, subject))
            || wasCompleteBeforeChange(trouble, subject)
        let fault: Fault? = isBlameless ? nil : .process(container: trouble.status.name)
        var cause = subject.cause(.crashNewRevision, "", fault: fault, pods: pods)
        cause.container = subject.named(trouble)
        let log = subject.logTail(pod: trouble.pod.name, container: trouble.status.name)
        cause.hint = LogHint.last(in: log.lines) ?? (last.exitCode == 0 ? .endsAsIfDone : nil)
        let name = (cause.container.map { "Container \($0) of " } ?? "") + "\(subject.owner)"
        if let change = subject.changeWords(cause) {
            cause.summary = "\(name) keeps ending with code \(last.exitCode) since \(change)\(words)."
        } else {
            cause.id = .crashOnlyRevision
            let since =
                isBlameless ? blameless(trouble, subject, into: &report) : "and no earlier revision is known to work"
            cause.summary = "\(name) keeps ending with code \(last.exitCode) \(since)\(words)."
        }
        report.suspect(.process, cause)
    }

    /// Its rollout was complete, then what it reads was changed, and then it began to fail: young or not, the template
    /// ran.
    private func wasCompleteBeforeChange(_ trouble: ContainerTrouble, _ subject: Subject) -> Bool {
        guard let progress = subject.workload?.condition("Progressing"), progress.reason == "NewReplicaSetAvailable",
            let complete = progress.lastUpdateTime, let began = failingSince(trouble, subject)
        else { return false }
        return Change.configuration(of: subject).contains { change in
            change.time.map { $0 > complete && $0 <= began } ?? false
        }
    }

    /// What else than the template: a ConfigMap that it reads was changed before it began to fail.
    private func blameless(_ trouble: ContainerTrouble, _ subject: Subject, into report: inout Report) -> String {
        let began = failingSince(trouble, subject) ?? subject.now
        let change = Change.configuration(of: subject).first {
            $0.time.map { $0 <= began.addingTimeInterval(5) } ?? false
        }
        guard let change else { return "though its template ran well" }
        let words = change.words(at: subject.now)
        report.find(
            "configuration-changed", change.object, "What \(subject.owner) reads was changed: \(words).",
            [Evidence(object: change.object, field: "metadata.managedFields", value: words, time: change.time)])
        return "though its template ran well; what it reads was changed before: \(words)"
    }

    /// `; its postStart hook failed: …`: then the process was ended for it, and its own words say nothing.
    private func hookFailure(_ trouble: ContainerTrouble, _ subject: Subject) -> String? {
        let failure = subject.events(of: trouble.pod.reference).last { event in
            event.reason == "FailedPostStartHook" && event.text.contains("\"\(trouble.status.name)\"")
        }
        return failure.map { "; its postStart hook failed: \(Redaction.line($0.text, limit: 200))" }
    }

    static func transient(_ summary: String, _ pods: [Pod], _ subject: Subject) -> Cause {
        Cause(id: .crashTransient, summary: summary, object: subject.owner, pods: pods.map(\.reference))
    }

    /// It runs now, and already for longer than it lasted before.
    private func isRecovering(
        _ trouble: ContainerTrouble, _ last: ContainerStatus.State.Terminated, _ subject: Subject
    ) -> Bool {
        guard let uptime = subject.age(trouble.status.state?.running?.startedAt) else { return false }
        return uptime > max(30, 2 * last.lifetime)
    }

    /// When the pod's failures began, as far back as the events go.
    func failingSince(_ trouble: ContainerTrouble, _ subject: Subject) -> Date? {
        let warnings = subject.events(of: trouble.pod.reference).filter {
            $0.type == "Warning" && ["BackOff", "Failed"].contains($0.reason)
        }
        let times =
            warnings.compactMap { $0.firstTimestamp ?? $0.eventTime } + [trouble.ended?.finishedAt].compactMap { $0 }
        return times.min()
    }
}
