/// An API object that Cortex reads as a value: only the fields it uses.
public protocol KubernetesObject: Codable, Sendable, Hashable {
    static var resource: Resource { get }
    var metadata: ObjectMeta { get set }
    /// Whether a list does without the items that cannot be read. Only what nothing is decided on by its absence.
    static var mayBeMissing: Bool { get }
    /// Whether the API server is asked for no more than its metadata.
    static var isKnownByMetadata: Bool { get }
}

extension KubernetesObject {
    public static var mayBeMissing: Bool { false }
    public static var isKnownByMetadata: Bool { false }
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

    private enum CodingKeys: String, CodingKey { case metadata, items }
    private struct Anything: Decodable {}

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(Metadata.self, forKey: .metadata)
        guard Item.mayBeMissing else {
            items = try container.decode([Item].self, forKey: .items)
            return
        }
        var list = try container.nestedUnkeyedContainer(forKey: .items)
        items = []
        while !list.isAtEnd {
            do {
                items.append(try list.decode(Item.self))
            } catch {
                _ = try list.decode(Anything.self)
            }
        }
    }
}
