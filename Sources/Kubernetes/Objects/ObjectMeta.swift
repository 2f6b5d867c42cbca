public import FoundationEssentials
public import JSON

/// The metadata every object carries. Absent maps and lists are nil, as in the API.
public struct ObjectMeta: Codable, Hashable, Sendable {
    public var name: String?
    public var generateName: String?
    public var namespace: String?
    public var uid: String?
    public var resourceVersion: String?
    public var generation: Int64?
    public var creationTimestamp: Date?
    public var deletionTimestamp: Date?
    public var labels: [String: String]?
    public var annotations: [String: String]?
    public var ownerReferences: [OwnerReference]?
    public var finalizers: [String]?
    public var managedFields: [ManagedFieldsEntry]?

    public init(
        name: String? = nil, namespace: String? = nil, labels: [String: String]? = nil,
        annotations: [String: String]? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
    }

    /// The owner that controls this object, if any.
    public var controller: OwnerReference? { ownerReferences?.first { $0.controller == true } }
}

/// A reference from a dependent to its owner.
public struct OwnerReference: Codable, Hashable, Sendable {
    public var apiVersion: String
    public var kind: String
    public var name: String
    public var uid: String
    public var controller: Bool?
}

/// Who wrote which fields and when; `fieldsV1` is kept raw because only the guards read it.
public struct ManagedFieldsEntry: Codable, Hashable, Sendable {
    public var manager: String?
    public var operation: String?
    public var time: Date?
    public var subresource: String?
    public var fieldsV1: JSONValue?
}

/// A condition of a workload, pod, node or claim.
public struct Condition: Codable, Hashable, Sendable {
    public var type: String
    public var status: String
    public var reason: String?
    public var message: String?
    public var lastTransitionTime: Date?
    public var lastUpdateTime: Date?
    public var observedGeneration: Int64?

    /// Whether the status is `True`.
    public var isTrue: Bool { status == "True" }
}
