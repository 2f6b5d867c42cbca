public import Diagnosis
public import Healing

/// One look at a target: what was read, what is wrong, and what would be done about it.
public struct Examination: Sendable {
    public var snapshot: Snapshot
    public var verdict: Verdict
    public var plan: Plan
}
