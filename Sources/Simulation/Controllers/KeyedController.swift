import JSON
import Kubernetes

/// A controller that looks at one object at a time, level-triggered.
protocol KeyedController: Sendable {
    /// Which objects a change concerns.
    mutating func keys(of change: StoreChange, _ world: World) -> [ObjectKey]
    /// Brings one object nearer to what it should be.
    /// - Returns: when to look at it again though nothing changed, in seconds of the simulation.
    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double?
}

/// Runs a keyed controller: what changed, and what is due.
struct KeyedLoop<Base: KeyedController>: Controller {
    /// At most so many objects in a row: the others' changes are seen, and the log is trimmed, in between.
    static var batch: Int { 250 }

    var base: Base
    private var due: [ObjectKey: Double] = [:]
    /// Those that are to be looked at now.
    private var pending: Set<ObjectKey> = []

    init(_ base: Base) { self.base = base }

    mutating func reconcile(world: inout World, changes: [StoreChange]) {
        for change in changes { pending.formUnion(base.keys(of: change, world)) }
        let now = world.seconds
        for (key, time) in due where time <= now { pending.insert(key) }
        for key in pending.sorted().prefix(Self.batch) {
            pending.remove(key)
            due[key] = base.sync(key, &world)
        }
    }

    func nextWake(_ world: World) -> Double? { pending.isEmpty ? due.values.min() : world.seconds }
}

/// The object's own key when it is of this kind, and the key of its controller when that is.
func keys(of change: StoreChange, own resource: Resource, owns dependents: [Resource] = []) -> [ObjectKey] {
    if change.resource.kind == resource.kind { return [ObjectKey(change.object)] }
    guard dependents.contains(where: { $0.kind == change.resource.kind }), let owner = change.object.controller,
        owner["kind"]?.stringValue == resource.kind
    else { return [] }
    return [ObjectKey(change.object.namespace, owner["name"]?.stringValue ?? "")]
}
