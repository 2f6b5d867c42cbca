/// Names one object; with `uid` and `resourceVersion` it names one state of it.
public struct ObjectReference: Codable, Hashable, Sendable, CustomStringConvertible {
    public var apiVersion: String?
    public var kind: String
    public var namespace: String?
    public var name: String
    public var uid: String?
    public var resourceVersion: String?

    public init(
        apiVersion: String? = nil, kind: String, namespace: String? = nil, name: String, uid: String? = nil,
        resourceVersion: String? = nil
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.resourceVersion = resourceVersion
    }

    public var description: String { "\(kind)/\(name)" }
}
