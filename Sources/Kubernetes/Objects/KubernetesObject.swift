/// An API object that Cortex reads as a value: only the fields it uses.
public protocol KubernetesObject: Codable, Sendable, Hashable {
    static var resource: Resource { get }
    var metadata: ObjectMeta { get set }
}

extension KubernetesObject {
    public var name: String { metadata.name ?? "" }
    public var namespace: String { metadata.namespace ?? "" }
    /// `Kind/name`, as findings and messages name an object.
    public var reference: ObjectReference {
        ObjectReference(
            kind: Self.resource.kind, namespace: metadata.namespace, name: name, uid: metadata.uid,
            resourceVersion: metadata.resourceVersion)
    }
}

/// A list as the API returns it, a page at a time.
public struct ObjectList<Item: KubernetesObject>: Codable, Sendable {
    public struct Metadata: Codable, Sendable {
        public var resourceVersion: String?
        public var `continue`: String?
        public var remainingItemCount: Int?
    }
    public var metadata: Metadata
    public var items: [Item]
}
