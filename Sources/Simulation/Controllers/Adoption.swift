import JSON
import Kubernetes

/// Who controls what: a workload takes what its selector finds and nobody controls, and lets go of what it finds no
/// more.
/// Source: pkg/controller/controller_ref_manager.go of Kubernetes.
struct Adoption: Sendable {
    private static let manager = "kube-controller-manager"

    private let owners: Resource
    private let dependents: Resource
    /// Workloads around which labels, selectors or owners have changed.
    private var pending: Set<ObjectKey> = []

    init(of dependents: Resource, by owners: Resource) {
        self.owners = owners
        self.dependents = dependents
    }

    /// - Returns: the workloads that have to look again because of what nobody controls.
    mutating func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        let object = change.object
        if change.resource.kind == owners.kind, change.isNew || object.generation != change.previous?.generation {
            pending.insert(ObjectKey(object))
        }
        guard change.resource.kind == dependents.kind, !change.isGone else { return [] }
        guard let controller = object.controller else {
            let keys = world.all(owners, in: object.namespace)
                .filter { Self.selector(of: $0).matches(object.labels) }.map { ObjectKey($0) }
            pending.formUnion(keys)
            return keys
        }
        if controller["kind"]?.stringValue == owners.kind, let old = change.oldLabels, old != object.labels {
            pending.insert(ObjectKey(object.namespace, controller["name"]?.stringValue ?? ""))
        }
        return []
    }

    /// Takes and lets go of what has to be. The workload is there and not on its way out.
    /// - Parameter mayTake: which of those without a controller it knows as its own beyond the selector.
    mutating func settle(
        _ owner: JSONValue, _ world: inout World, mayTake: (JSONValue) -> Bool = { _ in true }
    ) {
        guard pending.remove(ObjectKey(owner)) != nil, let namespace = owner.namespace else { return }
        let selector = Self.selector(of: owner)
        for object in world.owned(dependents, by: owner) where !selector.matches(object.labels) {
            world.edit(dependents, object, as: Self.manager) { object in
                let others = (object.at("metadata", "ownerReferences")?.arrayValue ?? []).filter {
                    $0["uid"]?.stringValue != owner.uid
                }
                object.put(others.isEmpty ? JSONValue?.none : .array(others), at: "metadata", "ownerReferences")
            }
        }
        for object in world.store.all(dependents, in: namespace, matching: selector)
        where object.controller == nil && !object.isBeingDeleted && !object.isFinished && mayTake(object) {
            world.edit(dependents, object, as: Self.manager) { object in
                let others = object.at("metadata", "ownerReferences")?.arrayValue ?? []
                object.put(.array(others + [PodMaker.reference(to: owner, owners)]), at: "metadata", "ownerReferences")
            }
        }
    }

    private static func selector(of owner: JSONValue) -> LabelSelector {
        Selectors.of(owner.at("spec", "selector") ?? [:])
    }
}
