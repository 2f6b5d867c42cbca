/// Counts the outcomes of one probe of one running container.
struct ProbeState: Hashable, Sendable {
    enum Change: Hashable, Sendable {
        case none, passed, failed
    }

    let plan: ProbePlan
    let startedAt: Double
    /// When it asks next.
    private(set) var nextAt: Double
    private(set) var successes = 0
    private(set) var failures = 0

    init(_ plan: ProbePlan, startedAt: Double) {
        self.plan = plan
        self.startedAt = startedAt
        nextAt = startedAt + plan.initialDelay
    }

    /// One outcome; the change is told once the threshold is reached, and again with each outcome beyond it.
    mutating func record(_ isGood: Bool, at now: Double) -> Change {
        nextAt = now + plan.period
        if isGood {
            successes += 1
            failures = 0
            return successes >= plan.successes ? .passed : .none
        }
        failures += 1
        successes = 0
        return failures >= plan.failures ? .failed : .none
    }

    /// Whether another outcome like the last would change nothing that can be seen.
    var isSettled: Bool { successes >= plan.successes || failures >= plan.failures + 2 }

    /// Skips the questions before `time`, whose outcome is known to be that of the last.
    mutating func skip(to time: Double) {
        guard time > nextAt else { return }
        let periods = ((time - nextAt) / plan.period).rounded(.up)
        nextAt += periods * plan.period
    }

    /// Back to asking in its own rhythm, after something around it has changed.
    mutating func resume(at now: Double) {
        let begin = startedAt + plan.initialDelay
        guard nextAt > now + plan.period else { return }
        nextAt = now <= begin ? begin : begin + ((now - begin) / plan.period).rounded(.up) * plan.period
    }
}
