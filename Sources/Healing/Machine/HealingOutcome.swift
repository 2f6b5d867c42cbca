public import Diagnosis

/// How a healing ended.
public struct HealingOutcome: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// Cortex acted, and the service is proven to answer.
        case healed
        /// The service answers, and Cortex changed nothing.
        case recovered
        /// A person is needed.
        case escalated
        /// Cortex acted and could not prove that it helped, or time ran out.
        case failed
    }
    public var kind: Kind
    public var cause: CauseID?
    /// The last action that was taken, or that was found to be right.
    public var action: Action
    /// What is wrong, or was, in one sentence.
    public var diagnosis: String
    /// What was done, or why nothing was.
    public var message: String
    /// What a person can do; nil when nothing is left to do.
    public var recommendation: String?

    public init(
        kind: Kind, cause: CauseID?, action: Action, diagnosis: String, message: String, recommendation: String? = nil
    ) {
        self.kind = kind
        self.cause = cause
        self.action = action
        self.diagnosis = diagnosis
        self.message = message
        self.recommendation = recommendation
    }

    /// Whether the service is proven to answer.
    public var isSuccess: Bool { kind == .healed || kind == .recovered }
}
