import JSON

/// All objects of one kind, with the indexes that make controllers over many of them cheap.
struct Shelf: Sendable {
    private(set) var objects: [ObjectKey: JSONValue] = [:]
    private var namespaces: [String: SortedKeys] = [:]
    /// Pods only: by the node they are bound to.
    private var nodes: [String: SortedKeys] = [:]
    /// Pods only: by namespace and label.
    private var labels: [LabelKey: SortedKeys] = [:]
    private let isIndexed: Bool

    private struct LabelKey: Hashable {
        var namespace: String
        var name: String
        var value: String
    }

    init(isIndexed: Bool) { self.isIndexed = isIndexed }

    var count: Int { objects.count }

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
        let old = objects[key]
        if isIndexed { reindex(key, old, object) }
        objects[key] = object
        if old == nil, object != nil { namespaces[key.namespace, default: SortedKeys()].insert(key) }
        if old != nil, object == nil {
            namespaces[key.namespace]?.remove(key)
            if namespaces[key.namespace]?.isEmpty == true { namespaces[key.namespace] = nil }
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
