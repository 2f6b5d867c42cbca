import FoundationEssentials
import Kubernetes

/// One Job that a CronJob made.
struct WatchedRun: Hashable, Sendable {
    var name: String
    var createdAt: Date
    var isFinished: Bool
    /// Why it gave up; nil when it did not.
    var failure: String?

    init(_ job: Job) {
        name = job.name
        createdAt = job.metadata.creationTimestamp ?? .distantPast
        isFinished = job.isFinished
        failure = WatchedWorkload.failure(of: job)
    }
}
