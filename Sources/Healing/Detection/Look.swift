public import Diagnosis

/// What one look at the cluster found behind a symptom.
public enum Look: Hashable, Sendable {
    case healthy
    /// Somebody wants it so.
    case intended(String)
    /// It is on its way back by itself.
    case recovering(String)
    case unexplained
    case fault(CauseID)
    /// The cluster could not be read.
    case unknown(String)

    public init(_ verdict: Verdict, _ plan: Plan) {
        guard let cause = verdict.cause else {
            self = verdict.healthy ? .healthy : .unexplained
            return
        }
        switch cause.id {
        case .zeroOnPurpose, .rolloutPaused: self = .intended(cause.summary)
        case .podDeleted, .slowStart, .rolloutRunning, .crashTransient:
            // A start that takes many times as long as its workload's others is on its way no more.
            self = plan.action == .escalate ? .fault(cause.id) : .recovering(cause.summary)
        // Room that is being made is there in a moment, as in a rollout on a node that is full.
        case .nodeFull, .quotaExceeded:
            self = plan.action == .wait ? .recovering(cause.summary) : .fault(cause.id)
        default: self = plan.action == .none ? .intended(cause.summary) : .fault(cause.id)
        }
    }
}
