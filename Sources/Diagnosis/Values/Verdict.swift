public import FoundationEssentials
public import Kubernetes

/// What diagnosis says of one target: what was found, and the one cause that explains it.
public struct Verdict: Codable, Hashable, Sendable {
    public var target: WorkloadReference
    public var healthy: Bool
    /// Nil when the target is healthy or nothing known explains what was found.
    public var cause: Cause?
    public var findings: [Finding]
    /// Further causes that stand on their own, in the order in which to heal them after the first.
    public var others: [Cause] = []
    /// What was changed lately, the newest first.
    public var changes: [Change] = []

    public init(target: WorkloadReference, healthy: Bool, cause: Cause?, findings: [Finding]) {
        self.target = target
        self.healthy = healthy
        self.cause = cause
        self.findings = findings
    }
}

/// Something seen, with what shows it.
public struct Finding: Codable, Hashable, Sendable {
    /// What kind of thing was seen: `crash-loop`, `no-endpoints`, `image-pull-failed`, ….
    public var id: String
    public var object: ObjectReference
    public var message: String
    public var evidence: [Evidence]

    public init(id: String, object: ObjectReference, message: String, evidence: [Evidence] = []) {
        self.id = id
        self.object = object
        self.message = message
        self.evidence = evidence
    }
}

/// One fact: an object's field, its value, and when.
public struct Evidence: Codable, Hashable, Sendable {
    public var object: ObjectReference
    public var field: String
    public var value: String
    public var time: Date?

    public init(object: ObjectReference, field: String, value: String, time: Date? = nil) {
        self.object = object
        self.field = field
        self.value = value
        self.time = time
    }
}
