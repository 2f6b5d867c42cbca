/// The objects of one collection as last seen, by namespace and name. Every mutation returns what changed.
public struct Store<Object: KubernetesObject>: Sendable {
    public struct Key: Hashable, Sendable, Comparable, CustomStringConvertible {
        public var namespace: String
        public var name: String

        public init(namespace: String, name: String) {
            self.namespace = namespace
            self.name = name
        }

        public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

        public static func < (left: Key, right: Key) -> Bool {
            (left.namespace, left.name) < (right.namespace, right.name)
        }
    }

    public enum Change: Sendable, Hashable {
        case added(Object)
        case updated(old: Object, new: Object)
        case deleted(Object)

        public var object: Object {
            switch self {
            case .added(let object), .updated(_, let object), .deleted(let object): object
            }
        }
    }

    private var objects: [Key: Object] = [:]

    public init() {}

    public var count: Int { objects.count }

    public subscript(namespace: String, name: String) -> Object? {
        objects[Key(namespace: namespace, name: name)]
    }

    /// All of them, in no particular order.
    public var values: [Object] { Array(objects.values) }

    /// Everything at once, after a list: what is new, what differs, and what is gone, in the order of the keys.
    public mutating func replace(with fresh: [Object]) -> [Change] {
        var next: [Key: Object] = [:]
        next.reserveCapacity(fresh.count)
        for object in fresh { next[Self.key(of: object)] = object }
        var changes: [(Key, Change)] = []
        for (key, object) in next {
            if let old = objects[key] {
                if Self.differ(old, object) { changes.append((key, .updated(old: old, new: object))) }
            } else {
                changes.append((key, .added(object)))
            }
        }
        for (key, object) in objects where next[key] == nil { changes.append((key, .deleted(object))) }
        objects = next
        return changes.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// One event of a watch; a bookmark or error changes nothing.
    public mutating func apply(_ event: WatchEvent<Object>) -> Change? {
        switch event {
        case .added(let object), .modified(let object):
            // After a relist the watch may repeat what the list already had.
            guard let old = objects.updateValue(object, forKey: Self.key(of: object)) else { return .added(object) }
            return Self.differ(old, object) ? .updated(old: old, new: object) : nil
        case .deleted(let object):
            guard objects.removeValue(forKey: Self.key(of: object)) != nil else { return nil }
            return .deleted(object)
        case .bookmark, .error:
            return nil
        }
    }

    private static func key(of object: Object) -> Key { Key(namespace: object.namespace, name: object.name) }

    /// The same UID and resourceVersion is the same state; comparing whole objects would cost more than it saves.
    private static func differ(_ left: Object, _ right: Object) -> Bool {
        left.metadata.resourceVersion == nil || left.metadata.resourceVersion != right.metadata.resourceVersion
            || left.metadata.uid != right.metadata.uid
    }
}
