import JSON
import Kubernetes

/// Writes into every ResourceQuota what its namespace takes of it.
/// Source: pkg/controller/resourcequota of Kubernetes.
struct QuotaController: KeyedController {
    func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        if change.resource.kind == "ResourceQuota" { return change.isGone ? [] : [ObjectKey(change.object)] }
        let isCounted = change.isNew || change.isGone || change.previous?.phase != change.object.phase
        guard isCounted, world.store.count(.resourceQuotas) > 0, let namespace = change.object.namespace else {
            return []
        }
        return world.all(.resourceQuotas, in: namespace).map { ObjectKey($0) }
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let quota = world.find(.resourceQuotas, key.namespace, key.name) else { return nil }
        let hard = quota.at("spec", "hard")?.objectValue ?? [:]
        let all = Quotas.used(in: key.namespace, world)
        let used = Dictionary(
            uniqueKeysWithValues: hard.keys.map { ($0, JSONValue.string(Quotas.text(all[$0] ?? 0, $0))) })
        world.edit(.resourceQuotas, quota, as: "kube-controller-manager", status: true) { quota in
            quota["status"] = ["hard": .object(hard), "used": .object(used)]
        }
        return nil
    }
}
