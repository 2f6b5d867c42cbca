import FoundationEssentials
import Kubernetes

/// Jobs and CronJobs: work that is to end, and does not or ends badly.
struct JobRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let name = subject.workload?.reference.name else { return }
        switch subject.workload?.reference.kind {
        case .job:
            if let job = subject.snapshot.jobs.first(where: { $0.name == name }) { judge(job, subject, into: &report) }
        case .cronJob:
            if let cron = subject.snapshot.cronJobs.first(where: { $0.name == name }) {
                judge(cron, subject, into: &report)
            }
        default: return
        }
    }

    private func judge(_ job: Job, _ subject: Subject, into report: inout Report) {
        if let failed = job.condition("Failed") {
            suspectFailure(job, failed, subject, into: &report)
        } else if let complete = job.condition("Complete") {
            report.find(
                "job-completed", job.reference, "\(job.reference) has done its work; its pods are finished.",
                [Self.evidence(job.reference, "status.conditions[Complete]", complete)])
        } else if job.spec.suspend == true {
            suspend(job.reference, into: &report)
        }
    }

    private func judge(_ cron: CronJob, _ subject: Subject, into report: inout Report) {
        if cron.spec.suspend == true { return suspend(cron.reference, into: &report) }
        let jobs = subject.snapshot.jobs.filter { Resolution.isOwned($0.metadata, by: cron.reference) }
            .sorted {
                ($0.metadata.creationTimestamp ?? .distantPast) < ($1.metadata.creationTimestamp ?? .distantPast)
            }
        if let active = jobs.first(where: { !$0.isFinished }), isBlocking(active, cron, subject) {
            let age = Int(subject.age(active.metadata.creationTimestamp) ?? 0)
            let evidence = [
                Evidence(
                    object: active.reference, field: "metadata.creationTimestamp", value: "\(age) s ago, not finished",
                    time: active.metadata.creationTimestamp),
                Evidence(object: cron.reference, field: "spec.schedule", value: cron.spec.schedule),
            ]
            report.find(
                "runs-missed", cron.reference,
                "\(cron.reference) may not start again while \(active.reference) runs, and a time for it has passed.",
                evidence)
            report.suspect(
                .process,
                Cause(
                    id: .cronJobBlocked,
                    summary: "\(cron.reference) is blocked: \(active.reference) has been running for \(age) s and does "
                        + "not end, and concurrencyPolicy Forbid lets no other one start.",
                    object: cron.reference, pods: pods(of: active, subject).map(\.reference)))
        }
        if let last = jobs.last(where: \.isFinished), let failed = last.condition("Failed") {
            suspectFailure(last, failed, subject, into: &report)
        }
    }

    /// The controller said so, or a time at which it was due has passed while the Job ran.
    private func isBlocking(_ job: Job, _ cron: CronJob, _ subject: Subject) -> Bool {
        guard cron.spec.concurrencyPolicy == "Forbid", let created = job.metadata.creationTimestamp else {
            return false
        }
        if subject.events(of: cron.reference).contains(where: { $0.reason == "JobAlreadyActive" }) { return true }
        let patience = subject.now.addingTimeInterval(-Self.controllerDelay)
        return CronSchedule(cron.spec)?.due(after: created, until: patience) != nil
    }

    /// The CronJob controller looks every ten seconds.
    private static let controllerDelay: Double = 15

    private func suspectFailure(_ job: Job, _ failed: Condition, _ subject: Subject, into report: inout Report) {
        let pods = pods(of: job, subject)
        let ended = pods.last.flatMap { pod in
            pod.status?.containerStatuses?.first { $0.state?.terminated.map { $0.exitCode != 0 } ?? false }
        }
        let log = pods.last.map { pod in subject.logTail(pod: pod.name, container: ended?.name ?? "") } ?? .empty
        let reason = [failed.reason, failed.message].compactMap { $0 }.joined(separator: ": ")
        let code =
            ended?.state?.terminated.map { last in
                last.reason == "OOMKilled" ? " for want of memory" : " with code \(last.exitCode)"
            } ?? ""
        report.find(
            "job-failed", job.reference, "\(job.reference) failed: \(Redaction.line(reason))",
            [Self.evidence(job.reference, "status.conditions[Failed]", failed)]
                + log.lines.map { Evidence(object: pods.last?.reference ?? job.reference, field: "log", value: $0) })
        let how =
            failed.reason == "DeadlineExceeded"
            ? "did not end within the time it is given (activeDeadlineSeconds), and was ended for that"
            : "failed for good (\(failed.reason ?? "Failed")); its process ended\(code)"
        report.suspect(
            .process,
            Cause(
                id: .jobFailed, summary: "\(job.reference) \(how)\(log.clause).",
                object: job.reference, pods: pods.map(\.reference)))
    }

    private func suspend(_ object: ObjectReference, into report: inout Report) {
        report.find(
            "suspended", object, "\(object) is suspended.",
            [Evidence(object: object, field: "spec.suspend", value: "true")])
        report.suspect(
            .intention, Cause(id: .suspended, summary: "\(object) is suspended; somebody means it so.", object: object))
    }

    private func pods(of job: Job, _ subject: Subject) -> [Pod] {
        subject.snapshot.pods.filter { Resolution.isOwned($0.metadata, by: job.reference) }
            .sorted {
                ($0.metadata.creationTimestamp ?? .distantPast) < ($1.metadata.creationTimestamp ?? .distantPast)
            }
    }

    private static func evidence(_ object: ObjectReference, _ field: String, _ condition: Condition) -> Evidence {
        Evidence(
            object: object, field: field,
            value: Redaction.line([condition.reason, condition.message].compactMap { $0 }.joined(separator: ": ")),
            time: condition.lastTransitionTime)
    }
}
