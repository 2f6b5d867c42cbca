import JSON
import Kubernetes

/// Keeps a StatefulSet's pods, one after the other and in their order.
/// Source: pkg/controller/statefulset/stateful_set_control.go of Kubernetes. As there, a rollout does not go past a pod
/// that is not ready, and a pod of a bad revision is not replaced by going back.
struct StatefulSetController: KeyedController {
    static let component = "statefulset-controller"
    private var adoption = Adoption(of: .pods, by: .statefulSets)

    mutating func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        adoption.keys(of: change, world) + Simulation.keys(of: change, own: .statefulSets, owns: [.pods])
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let set = world.find(.statefulSets, key.namespace, key.name), !set.isBeingDeleted else { return nil }
        adoption.settle(set, &world) { Self.ordinal(of: $0, set) != nil }
        let update = ControllerRevisions.current(of: set, .statefulSets, &world)
        let current = set.at("status", "currentRevision")?.stringValue ?? update
        let again = act(set, current, update, &world)
        report(set, current, update, &world)
        return again
    }

    private func act(_ set: JSONValue, _ current: String, _ update: String, _ world: inout World) -> Double? {
        let wanted = set.at("spec", "replicas")?.intValue ?? 1
        let isParallel = set.at("spec", "podManagementPolicy")?.stringValue == "Parallel"
        let pods = Self.pods(of: set, world)
        for ordinal in 0..<max(0, wanted) {
            guard let pod = pods[ordinal] else {
                if let refusal = make(ordinal, set, current, update, &world), !refusal.isEmpty {
                    return world.seconds + 5
                }
                if isParallel { continue }
                return nil
            }
            if pod.isFinished {
                world.tell(
                    set, .statefulSets, "RecreatingFailedPod",
                    "StatefulSet \(set.namespace ?? "")/\(set.name) is recreating failed Pod \(pod.name)",
                    isWarning: true, from: Self.component)
                world.remove(.pods, pod)
                return nil
            }
            if !isParallel, pod.isBeingDeleted || !pod.isReady { return nil }
        }
        let excess = pods.keys.filter { $0 >= wanted }.sorted(by: >)
        for ordinal in excess {
            guard let pod = pods[ordinal] else { continue }
            if !pod.isBeingDeleted { remove(pod, set, &world) }
            if !isParallel { return nil }
        }
        guard set.at("spec", "updateStrategy", "type")?.stringValue != "OnDelete" else { return nil }
        let partition = set.at("spec", "updateStrategy", "rollingUpdate", "partition")?.intValue ?? 0
        for ordinal in stride(from: wanted - 1, through: partition, by: -1) {
            guard let pod = pods[ordinal] else { return nil }
            if pod.labels[ControllerRevisions.label] != update {
                if !pod.isBeingDeleted { remove(pod, set, &world) }
                return nil
            }
            if !pod.isReady || pod.isBeingDeleted { return nil }
        }
        return nil
    }

    static func pods(of set: JSONValue, _ world: World) -> [Int: JSONValue] {
        var pods: [Int: JSONValue] = [:]
        for pod in world.owned(.pods, by: set) {
            if let ordinal = ordinal(of: pod, set) { pods[ordinal] = pod }
        }
        return pods
    }

    private static func ordinal(of pod: JSONValue, _ set: JSONValue) -> Int? {
        pod.name.hasPrefix(set.name + "-") ? Int(pod.name.dropFirst(set.name.count + 1)) : nil
    }

    private func remove(_ pod: JSONValue, _ set: JSONValue, _ world: inout World) {
        world.remove(.pods, pod)
        world.tell(
            set, .statefulSets, "SuccessfulDelete",
            "delete Pod \(pod.name) in StatefulSet \(set.name) successful", from: Self.component)
    }

    private func make(
        _ ordinal: Int, _ set: JSONValue, _ current: String, _ update: String, _ world: inout World
    ) -> String? {
        let name = "\(set.name)-\(ordinal)"
        let claims = claims(of: set, name, &world)
        let partition = set.at("spec", "updateStrategy", "rollingUpdate", "partition")?.intValue ?? 0
        let isNew = ordinal >= partition || current == update
        let revision = isNew ? update : current
        let old = world.find(.controllerRevisions, set.namespace, current)?.at("data", "spec", "template")
        return PodMaker.make(
            of: set, .statefulSets, Self.component, &world, template: isNew ? nil : old, namesOwner: true
        ) { pod in
            pod.put(nil, at: "metadata", "generateName")
            pod.put(.string(name), at: "metadata", "name")
            pod.put(.string(revision), at: "metadata", "labels", ControllerRevisions.label)
            pod.put(.string(name), at: "metadata", "labels", "statefulset.kubernetes.io/pod-name")
            pod.put(.string(name), at: "spec", "hostname")
            pod.put(set.at("spec", "serviceName"), at: "spec", "subdomain")
            guard !claims.isEmpty else { return }
            let own = pod.at("spec", "volumes")?.arrayValue ?? []
            pod.put(.array(own + claims), at: "spec", "volumes")
        }
    }

    private func claims(of set: JSONValue, _ pod: String, _ world: inout World) -> [JSONValue] {
        (set.at("spec", "volumeClaimTemplates")?.arrayValue ?? []).map { template in
            let name = "\(template.name)-\(pod)"
            if world.find(.claims, set.namespace, name) == nil {
                var claim = template
                claim["apiVersion"] = "v1"
                claim["kind"] = "PersistentVolumeClaim"
                claim["status"] = nil
                claim.put(.string(name), at: "metadata", "name")
                claim.put(.string(set.namespace ?? ""), at: "metadata", "namespace")
                _ = world.add(.claims, claim, as: "kube-controller-manager")
            }
            return ["name": .string(template.name), "persistentVolumeClaim": ["claimName": .string(name)]]
        }
    }

    private func report(_ set: JSONValue, _ current: String, _ update: String, _ world: inout World) {
        let pods = Self.pods(of: set, world).values.filter { !$0.isFinished }
        let wanted = set.at("spec", "replicas")?.intValue ?? 1
        let ready = pods.filter { $0.isReady && !$0.isBeingDeleted }.count
        let updated = pods.filter { $0.labels[ControllerRevisions.label] == update && !$0.isBeingDeleted }.count
        let old = pods.filter { $0.labels[ControllerRevisions.label] == current }.count
        let isDone = updated == wanted && ready == wanted && pods.count == wanted
        let count = pods.count
        world.edit(.statefulSets, set, as: "kube-controller-manager", status: true) { set in
            set.put(.integer(count), at: "status", "replicas")
            set.put(ready == 0 ? nil : .integer(ready), at: "status", "readyReplicas")
            set.put(updated == 0 ? nil : .integer(updated), at: "status", "updatedReplicas")
            let ofCurrent = isDone ? updated : old
            set.put(ofCurrent == 0 ? nil : .integer(ofCurrent), at: "status", "currentReplicas")
            set.put(.string(isDone ? update : current), at: "status", "currentRevision")
            set.put(.string(update), at: "status", "updateRevision")
            set.put(0, at: "status", "collisionCount")
            set.put(.integer(set.generation), at: "status", "observedGeneration")
        }
    }
}
