import JSON
import Kubernetes

/// Keeps as many pods as a ReplicaSet wants.
/// Source: pkg/controller/replicaset/replica_set.go of Kubernetes.
struct ReplicaSetController: KeyedController {
    static let manager = "kube-controller-manager"
    static let component = "replicaset-controller"
    /// Seconds until a refused creation is tried again, by ReplicaSet; doubled up to 16 minutes.
    private var refusals: [ObjectKey: Double] = [:]
    private var adoption = Adoption(of: .pods, by: .replicaSets)

    mutating func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        adoption.keys(of: change, world) + Simulation.keys(of: change, own: .replicaSets, owns: [.pods])
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let set = world.find(.replicaSets, key.namespace, key.name), !set.isBeingDeleted else {
            refusals[key] = nil
            return nil
        }
        adoption.settle(set, &world)
        let pods = world.owned(.pods, by: set)
        let active = pods.filter(\.isActive)
        let wanted = set.at("spec", "replicas")?.intValue ?? 1
        var refusal: String?
        if active.count < wanted {
            refusal = PodMaker.make(wanted - active.count, of: set, .replicaSets, Self.component, &world)
        } else if active.count > wanted {
            for pod in PodMaker.leastNeeded(active).prefix(active.count - wanted) {
                world.remove(.pods, pod)
                world.tell(set, .replicaSets, "SuccessfulDelete", "Deleted pod: \(pod.name)", from: Self.component)
            }
        }
        let again = report(set, refusal, &world)
        guard refusal != nil else {
            refusals[key] = nil
            return again
        }
        let delay = min(960, (refusals[key] ?? 0.25) * 2)
        refusals[key] = delay
        return min(again ?? .greatestFiniteMagnitude, world.seconds + delay)
    }

    /// Writes the status; returns when a pod will have been ready for long enough to count as available.
    private func report(_ set: JSONValue, _ refusal: String?, _ world: inout World) -> Double? {
        let active = world.owned(.pods, by: set).filter(\.isActive)
        let ready = active.filter(\.isReady)
        let patience = set.at("spec", "minReadySeconds")?.doubleValue ?? 0
        let times = ready.map { (world.seconds(of: $0.condition("Ready")?["lastTransitionTime"]) ?? 0) + patience }
        let now = world.seconds
        let available = times.filter { $0 <= now }.count
        let stamp = world.stamp(now)
        world.edit(.replicaSets, set, as: Self.manager, status: true) { set in
            set.put(.integer(active.count), at: "status", "replicas")
            set.put(active.isEmpty ? nil : .integer(active.count), at: "status", "fullyLabeledReplicas")
            set.put(ready.isEmpty ? nil : .integer(ready.count), at: "status", "readyReplicas")
            set.put(available == 0 ? nil : .integer(available), at: "status", "availableReplicas")
            set.put(.integer(set.generation), at: "status", "observedGeneration")
            if let refusal {
                // The words of the first refusal stay: each one names another pod.
                guard set.condition("ReplicaFailure") == nil else { return }
                set.setCondition(
                    "ReplicaFailure", "True", reason: "FailedCreate", message: refusal, at: stamp, updates: false)
            } else {
                set.removeCondition("ReplicaFailure")
            }
        }
        return times.filter { $0 > now }.min()
    }
}
