public import Kubernetes

/// The one thing that explains the findings, with the facts that a repair of it needs.
public struct Cause: Codable, Hashable, Sendable {
    /// The name in the fault catalogue: `scaled-to-zero`, `image-not-found`, ….
    public var id: CauseID
    /// One sentence for a person.
    public var summary: String
    /// The object at fault.
    public var object: ObjectReference
    /// The fault came with the current pod template: the template before it differs in what fails.
    public var introducedByRevision: Bool
    /// The revision to go back to: the latest older one that is believed healthy and does not share the fault.
    public var rollbackRevision: Int?
    /// The pods that show the fault, oldest first.
    public var pods: [ObjectReference]
    /// The container at fault, where a pod has several.
    public var container: String?
    /// What would make the Service find its pods; nil when that is not beyond doubt.
    public var serviceRepair: ServiceRepair?
    /// What is known beyond the cause's name, where it changes what a person does.
    public var hint: CauseHint?
    /// The node that cannot be drained because of it.
    public var node: String?
    /// How many pods there would have to be for one to be allowed to go.
    public var wantedReplicas: Int?
    /// For `dependency-down`: what has to be healed instead.
    public var dependency: Target?
    /// What fails only because of this, and needs no healing of its own.
    public var victims: [ObjectReference] = []
    /// How sure it is, from 0 to 1.
    public var confidence: Double = 1
    public var evidence: [Evidence] = []
    /// What speaks against it, in sentences.
    public var against: [String] = []

    public init(
        id: CauseID, summary: String, object: ObjectReference, introducedByRevision: Bool = false,
        rollbackRevision: Int? = nil, pods: [ObjectReference] = [], serviceRepair: ServiceRepair? = nil
    ) {
        self.id = id
        self.summary = summary
        self.object = object
        self.introducedByRevision = introducedByRevision
        self.rollbackRevision = rollbackRevision
        self.pods = pods
        self.serviceRepair = serviceRepair
    }
}
