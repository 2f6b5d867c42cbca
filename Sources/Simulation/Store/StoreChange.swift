public import JSON
public import Kubernetes

/// One write, as the log of changes keeps it.
public struct StoreChange: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case added, modified, deleted
    }

    /// The resourceVersion that this write made.
    public var revision: Int
    public var kind: Kind
    public var resource: Resource
    /// As written; of a deletion, as it was last, with the deletion's resourceVersion.
    public var object: JSONValue
    /// As it was before; nil for what was added.
    public var previous: JSONValue?

    public var isNew: Bool { kind == .added }
    public var isGone: Bool { kind == .deleted }
    /// The labels before the change.
    public var oldLabels: [String: String]? { previous?.labels }
}
