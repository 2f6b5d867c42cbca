import JSON

/// All objects of one kind, with the indexes that make controllers over many of them cheap.
struct Shelf: Sendable {
    /// So many are kept as values; what comes later, of a kind that is packed, as JSON text in a quarter of the room.
    static let values = 5_000

    private var objects: [ObjectKey: JSONValue] = [:]
    private var packed: [ObjectKey: [UInt8]] = [:]
    private var namespaces: [String: SortedKeys] = [:]
    /// Pods only: by the node they are bound to.
    private var nodes: [String: SortedKeys] = [:]
    /// Pods only: by namespace and label.
    private var labels: [LabelKey: SortedKeys] = [:]
    private let isIndexed: Bool
    private let isPacked: Bool

    private struct LabelKey: Hashable {
        var namespace: String
        var name: String
        var value: String
    }

    /// - Parameter isPacked: for objects that are many and seldom read.
    init(isIndexed: Bool = false, isPacked: Bool = false) {
        self.isIndexed = isIndexed
        self.isPacked = isPacked
    }

    var count: Int { objects.count + packed.count }

    subscript(key: ObjectKey) -> JSONValue? {
        if let object = objects[key] { return object }
        guard let text = packed[key] else { return nil }
        do {
            return try JSONValue(parsing: text)
        } catch {
            preconditionFailure("what was packed as JSON is none: \(error)")
        }
    }

    /// - Parameter namespace: nil for all.
    func keys(in namespace: String?) -> [ObjectKey] {
        if let namespace { return namespaces[namespace]?.keys ?? [] }
        return namespaces.keys.sorted().flatMap { namespaces[$0]?.keys ?? [] }
    }

    func keys(onNode node: String) -> [ObjectKey] { nodes[node]?.keys ?? [] }

    /// The candidates for labels that must all be there: the shortest index, or nil when none helps.
    func candidates(in namespace: String, labels wanted: [String: String]) -> [ObjectKey]? {
        guard isIndexed, !wanted.isEmpty else { return nil }
        let lists = wanted.map { labels[LabelKey(namespace: namespace, name: $0.key, value: $0.value)]?.keys ?? [] }
        return lists.min { $0.count < $1.count }
    }

    mutating func set(_ key: ObjectKey, _ object: JSONValue?) {
        let old = self[key]
        if isIndexed { reindex(key, old, object) }
        keep(key, object)
        if old == nil, object != nil { namespaces[key.namespace, default: SortedKeys()].insert(key) }
        if old != nil, object == nil {
            namespaces[key.namespace]?.remove(key)
            if namespaces[key.namespace]?.isEmpty == true { namespaces[key.namespace] = nil }
        }
    }

    private mutating func keep(_ key: ObjectKey, _ object: JSONValue?) {
        if isPacked, let object, objects[key] == nil, objects.count >= Self.values {
            packed[key] = object.rendered
        } else {
            packed[key] = nil
            objects[key] = object
        }
    }

    private mutating func reindex(_ key: ObjectKey, _ old: JSONValue?, _ new: JSONValue?) {
        let before = old?.at("spec", "nodeName")?.stringValue ?? ""
        let after = new?.at("spec", "nodeName")?.stringValue ?? ""
        if before != after {
            if !before.isEmpty { nodes[before]?.remove(key) }
            if !after.isEmpty { nodes[after, default: SortedKeys()].insert(key) }
        }
        guard old?.at("metadata", "labels") != new?.at("metadata", "labels") else { return }
        for (name, value) in old?.labels ?? [:] {
            let label = LabelKey(namespace: key.namespace, name: name, value: value)
            labels[label]?.remove(key)
            if labels[label]?.isEmpty == true { labels[label] = nil }
        }
        for (name, value) in new?.labels ?? [:] {
            labels[LabelKey(namespace: key.namespace, name: name, value: value), default: SortedKeys()].insert(key)
        }
    }
}
