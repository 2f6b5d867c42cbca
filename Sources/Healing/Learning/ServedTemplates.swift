public import Kubernetes

/// The templates whose pods a watch saw Ready until somebody took them away: they served, and did not fail. Bounded:
/// the one that was noted longest ago makes room.
public struct ServedTemplates: Sendable {
    private struct Key: Hashable {
        var namespace: String
        var hash: String
    }

    private static let maximum = 2000

    private var known: Set<Key> = []
    /// The one noted last comes last.
    private var order: [Key] = []

    public init() {}

    public mutating func note(_ changes: [Store<Pod>.Change]) {
        for case .updated(let old, let new) in changes {
            let labels = new.metadata.labels ?? [:]
            guard old.isReady, new.metadata.deletionTimestamp != nil,
                let hash = labels["pod-template-hash"] ?? labels["controller-revision-hash"]
            else { continue }
            let key = Key(namespace: new.namespace, hash: hash)
            guard known.insert(key).inserted else { continue }
            order.append(key)
            if order.count > Self.maximum { known.remove(order.removeFirst()) }
        }
    }

    /// The hashes of a namespace.
    public func hashes(in namespace: String) -> Set<String> {
        Set(known.lazy.filter { $0.namespace == namespace }.map(\.hash))
    }
}
