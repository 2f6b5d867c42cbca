import JSON
import Kubernetes

/// Removes what nobody owns any more, what a namespace on its way out still holds, and Events that are an hour old.
/// Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/
struct GarbageCollector: Controller {
    /// Seconds that an Event is kept: the API server's `--event-ttl`.
    static let eventLife = 3600.0
    /// When to look for old Events next.
    private var sweepAt = eventLife

    mutating func reconcile(world: inout World, changes: [StoreChange]) {
        for change in changes {
            if change.isGone {
                for dependent in world.dependents(of: change.object.uid) { orphaned(dependent, &world) }
            } else if change.kind == .added, change.object.at("metadata", "ownerReferences") != nil {
                adopt(change, &world)
            }
            if change.resource.kind == "Namespace" || change.isGone { empty(change, &world) }
        }
        guard world.seconds >= sweepAt else { return }
        sweepAt = world.seconds + 60
        let before = world.seconds - Self.eventLife
        for event in world.all(.events, in: nil) {
            let seen = world.seconds(of: event["lastTimestamp"]) ?? world.seconds(of: event["eventTime"])
            if seen ?? world.seconds < before { world.remove(.events, event) }
        }
    }

    func nextWake(_ world: World) -> Double? { sweepAt }

    /// An object whose owner is gone already when it comes.
    private func adopt(_ change: StoreChange, _ world: inout World) {
        guard let object = world.find(change.resource, change.object.namespace, change.object.name) else { return }
        orphaned((change.resource, object), &world)
    }

    /// It goes when not one of its owners is left.
    private func orphaned(_ dependent: (resource: Resource, object: JSONValue), _ world: inout World) {
        let owners = dependent.object.at("metadata", "ownerReferences")?.arrayValue ?? []
        let isOwned = owners.contains { world.holds(uid: $0["uid"]?.stringValue ?? "") }
        if !isOwned, !dependent.object.isBeingDeleted { world.remove(dependent.resource, dependent.object) }
    }

    private func empty(_ change: StoreChange, _ world: inout World) {
        let name = change.resource.kind == "Namespace" ? change.object.name : change.object.namespace ?? ""
        guard let space = world.find(.namespaces, nil, name), space.isBeingDeleted else { return }
        let content = world.content(of: name)
        for (resource, object) in content where !object.isBeingDeleted { world.remove(resource, object) }
        if world.content(of: name).isEmpty { world.finish(space, .namespaces) }
    }
}
