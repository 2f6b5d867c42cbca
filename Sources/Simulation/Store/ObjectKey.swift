public import JSON

/// Names one object of a kind; controllers queue keys and read the object anew when its turn comes.
public struct ObjectKey: Hashable, Comparable, Sendable {
    /// Empty for what belongs to no namespace.
    public var namespace: String
    public var name: String

    public init(_ namespace: String?, _ name: String) {
        self.namespace = namespace ?? ""
        self.name = name
    }

    public init(_ object: JSONValue) { self.init(object.namespace, object.name) }

    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
