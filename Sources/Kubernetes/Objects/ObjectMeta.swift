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

extension ObjectMeta {
    private enum Key: String, CodingKey {
        case name, generateName, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp
        case labels, annotations, ownerReferences, finalizers, managedFields
    }

    /// Keeps as much of `managedFields` as the decoder's `Retention` says: it is often half of an object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        generateName = try container.decodeIfPresent(String.self, forKey: .generateName)
        namespace = try container.decodeIfPresent(String.self, forKey: .namespace)
        uid = try container.decodeIfPresent(String.self, forKey: .uid)
        resourceVersion = try container.decodeIfPresent(String.self, forKey: .resourceVersion)
        generation = try container.decodeIfPresent(Int64.self, forKey: .generation)
        creationTimestamp = try container.decodeIfPresent(Date.self, forKey: .creationTimestamp)
        deletionTimestamp = try container.decodeIfPresent(Date.self, forKey: .deletionTimestamp)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels)
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations)
        ownerReferences = try container.decodeIfPresent([OwnerReference].self, forKey: .ownerReferences)
        finalizers = try container.decodeIfPresent([String].self, forKey: .finalizers)
        if Retention(decoder) != .nothing {
            managedFields = try container.decodeIfPresent([ManagedFieldsEntry].self, forKey: .managedFields)
        }
    }
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

extension ManagedFieldsEntry {
    private enum Key: String, CodingKey { case manager, operation, time, subresource, fieldsV1 }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        manager = try container.decodeIfPresent(String.self, forKey: .manager)
        operation = try container.decodeIfPresent(String.self, forKey: .operation)
        time = try container.decodeIfPresent(Date.self, forKey: .time)
        subresource = try container.decodeIfPresent(String.self, forKey: .subresource)
        if Retention(decoder) == .everything {
            fieldsV1 = try container.decodeIfPresent(JSONValue.self, forKey: .fieldsV1)
        }
    }
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
