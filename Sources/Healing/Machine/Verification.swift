import Diagnosis
import FoundationEssentials
import Kubernetes

/// What is known since the last write: whether it helps, and for how long.
struct Verification: Sendable {
    struct Trouble: Sendable {
        var cause: CauseID
        var since: Date
    }

    var plan: Plan
    var writtenAt: Date
    /// Ready pods when the write was decided on, to tell whether it made things worse.
    var readyBefore: Int
    var isComplete = false
    var ready = 0
    /// The controller has seen the write.
    var isObserved = false
    /// Since when the workload has been complete.
    var completeSince: Date?
    /// Since when every answer was good.
    var answeringSince: Date?
    /// A fault that showed after the write, and since when.
    var trouble: Trouble?
    /// Nil before the first.
    var lastAnswer: String?
    /// Whether the last look showed an address to ask.
    var isReachable = false
    var failedAnswers = 0
}
