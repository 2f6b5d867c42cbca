import Diagnosis
import FoundationEssentials
import Kubernetes

/// What of a CronJob decides whether a run that goes on is one too long.
struct WatchedCron: Hashable, Sendable {
    var generation: Int64
    var annotations: [String: String]
    /// Nil where a run keeps no other from starting, or where it is not known when the next is due.
    var schedule: CronSchedule?

    init(_ cron: CronJob) {
        generation = cron.metadata.generation ?? 0
        annotations = cron.metadata.annotations ?? [:]
        if cron.spec.concurrencyPolicy == "Forbid", cron.spec.suspend != true { schedule = CronSchedule(cron.spec) }
    }

    /// When the run is one that blocks others; nil for never.
    ///
    /// One that takes a little longer than its period is no fault. It is late when the one after it has waited for as
    /// long as they are apart: a minute at least, ten at most.
    func late(_ run: WatchedRun) -> Date? {
        guard let schedule, !run.isFinished,
            let due = schedule.due(after: run.createdAt, until: run.createdAt.addingTimeInterval(Self.farthest))
        else { return nil }
        let next = schedule.due(after: due, until: due.addingTimeInterval(Self.longest))
        let period = next.map { $0.timeIntervalSince(due) } ?? Self.longest
        return due.addingTimeInterval(min(Self.longest, max(Self.shortest, period)))
    }

    private static let shortest = 60.0
    private static let longest = 600.0
    /// A week, in seconds.
    private static let farthest = 604_800.0
}
