import JSON
import Kubernetes

/// Removes what nobody owns any more, what a namespace on its way out still holds, and Events that are an hour old.
/// Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/
struct GarbageCollector: Controller {
    /// Seconds that an Event is kept: the API server's `--event-ttl`.
    static let eventLife = 3600.0
    private static let manager = "kube-controller-manager"
    /// When to look for old Events next.
    private var sweepAt = eventLife

    mutating func reconcile(world: inout World, changes: [StoreChange]) {
        for change in changes {
            if change.isGone {
                for dependent in world.dependents(of: change.object.uid) { orphaned(dependent, &world) }
                for owner in change.object.at("metadata", "ownerReferences")?.arrayValue ?? [] {
                    if let owner = world.holder(ofUID: owner["uid"]?.stringValue ?? "") { finish(owner, &world) }
                }
                world.machines.events[change.object.uid] = nil
            } else if change.object.isBeingDeleted {
                finish((change.resource, change.object), &world)
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

    /// An object that goes only after its dependents have gone, or after they were let go.
    private func finish(_ owner: (resource: Resource, object: JSONValue), _ world: inout World) {
        let finalizers = owner.object.at("metadata", "finalizers")?.arrayValue ?? []
        guard !finalizers.isEmpty else { return }
        let dependents = world.dependents(of: owner.object.uid)
        if finalizers.contains("orphan") {
            for dependent in dependents {
                world.edit(dependent.resource, dependent.object, as: Self.manager) { object in
                    let others = (object.at("metadata", "ownerReferences")?.arrayValue ?? []).filter {
                        $0["uid"]?.stringValue != owner.object.uid
                    }
                    object.put(others.isEmpty ? JSONValue?.none : .array(others), at: "metadata", "ownerReferences")
                }
            }
            release(owner, "orphan", &world)
        } else if finalizers.contains("foregroundDeletion") {
            for dependent in dependents where !dependent.object.isBeingDeleted {
                world.remove(dependent.resource, dependent.object, propagation: "Foreground")
            }
            let isHeld = world.dependents(of: owner.object.uid).contains { dependent in
                (dependent.object.at("metadata", "ownerReferences")?.arrayValue ?? []).contains {
                    $0["uid"]?.stringValue == owner.object.uid && $0["blockOwnerDeletion"] == true
                }
            }
            if !isHeld { release(owner, "foregroundDeletion", &world) }
        }
    }

    private func release(
        _ owner: (resource: Resource, object: JSONValue), _ finalizer: JSONValue, _ world: inout World
    ) {
        world.edit(owner.resource, owner.object, as: Self.manager) { object in
            let rest = (object.at("metadata", "finalizers")?.arrayValue ?? []).filter { $0 != finalizer }
            object.put(rest.isEmpty ? JSONValue?.none : .array(rest), at: "metadata", "finalizers")
        }
    }

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
