import JSON
import Kubernetes

/// Binds claims whose StorageClass there is; the others stay pending.
struct ClaimBinder: KeyedController {
    /// The StorageClass that K3s brings.
    static let classes: Set = ["local-path", "standard"]

    func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        Simulation.keys(of: change, own: .claims)
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let claim = world.find(.claims, key.namespace, key.name), !claim.isBeingDeleted,
            claim.at("status", "phase")?.stringValue != "Bound"
        else { return nil }
        let name = claim.at("spec", "storageClassName")?.stringValue ?? "local-path"
        let stamp = claim.at("spec", "resources", "requests") ?? [:]
        guard Self.classes.contains(name) else {
            if claim.at("status", "phase") == nil {
                world.edit(.claims, claim, as: "kube-controller-manager", status: true) {
                    $0.put("Pending", at: "status", "phase")
                }
            }
            world.tell(
                claim, .claims, "ProvisioningFailed", "storageclass.storage.k8s.io \"\(name)\" not found",
                isWarning: true, from: "persistentvolume-controller")
            return world.seconds + 60
        }
        world.edit(.claims, claim, as: "kube-controller-manager") { claim in
            claim.put(.string("pvc-\(claim.uid)"), at: "spec", "volumeName")
        }
        world.edit(.claims, claim, as: "kube-controller-manager", status: true) { claim in
            claim.put("Bound", at: "status", "phase")
            claim.put(stamp, at: "status", "capacity")
            claim.put(claim.at("spec", "accessModes"), at: "status", "accessModes")
        }
        return nil
    }
}
