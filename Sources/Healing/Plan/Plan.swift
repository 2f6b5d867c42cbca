public import FoundationEssentials
public import Kubernetes

/// What is to be done about one verdict. Only a plan with a `write` changes the cluster.
public struct Plan: Codable, Hashable, Sendable {
    public var action: Action
    public var object: ObjectReference
    /// What is done, or why nothing is, in one sentence.
    public var detail: String
    /// What a person can do, with the exact command; nil when there is nothing left to do.
    public var advice: String?
    /// The one write that carries the action out.
    public var write: ClusterWrite?
    /// The write that takes it back, sent when the action made things worse.
    public var undo: ClusterWrite?
    /// For `wait`: when to look again even if nothing changed.
    public var waitUntil: Date?
    /// For `wait`: the repair that is put off until then, so that a person, or another healing, may do it first.
    public var withheld: Action?
    /// Whose write it is, where that is not the workload that was judged; nil where it is.
    public var workload: WorkloadReference?

    public init(
        _ action: Action, _ object: ObjectReference, detail: String, advice: String? = nil,
        write: ClusterWrite? = nil, undo: ClusterWrite? = nil, waitUntil: Date? = nil,
        withheld: Action? = nil
    ) {
        self.action = action
        self.object = object
        self.detail = detail
        self.advice = advice
        self.write = write
        self.undo = undo
        self.waitUntil = waitUntil
        self.withheld = withheld
    }
}
