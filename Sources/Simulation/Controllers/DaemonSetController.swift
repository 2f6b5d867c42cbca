import JSON
import Kubernetes

/// Keeps one pod of a DaemonSet on every node that it may run on, and replaces them one node at a time.
/// Source: pkg/controller/daemon of Kubernetes.
struct DaemonSetController: KeyedController {
    static let component = "daemonset-controller"
    private var adoption = Adoption(of: .pods, by: .daemonSets)

    mutating func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        if change.resource.kind == "Node" { return world.all(.daemonSets, in: nil).map { ObjectKey($0) } }
        return adoption.keys(of: change, world) + Simulation.keys(of: change, own: .daemonSets, owns: [.pods])
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let set = world.find(.daemonSets, key.namespace, key.name), !set.isBeingDeleted else { return nil }
        adoption.settle(set, &world)
        // A DaemonSet's pods carry the hash alone, a StatefulSet's the revision's whole name.
        let name = ControllerRevisions.current(of: set, .daemonSets, &world)
        let revision = String(name.dropFirst(set.name.count + 1))
        let nodes = world.all(.nodes, in: nil).filter { Self.mayRun(set, on: $0) }.map(\.name).sorted()
        let pods = world.owned(.pods, by: set)
        var refusal: String?
        for node in nodes where !pods.contains(where: { Self.node(of: $0) == node && !$0.isFinished }) {
            refusal = make(set, on: node, revision, &world) ?? refusal
        }
        for pod in pods where pod.isFinished || !nodes.contains(Self.node(of: pod) ?? "") {
            if !pod.isBeingDeleted { remove(pod, set, &world) }
        }
        replace(set, pods, nodes.count, revision, &world)
        report(set, nodes, revision, &world)
        return refusal == nil ? nil : world.seconds + 5
    }

    private static func node(of pod: JSONValue) -> String? {
        if let name = pod.nodeName { return name }
        let terms = pod.at("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        return terms?["nodeSelectorTerms"]?[0]?["matchFields"]?[0]?["values"]?[0]?.stringValue
    }

    private static func mayRun(_ set: JSONValue, on node: JSONValue) -> Bool {
        var pod: JSONValue = ["spec": set.at("spec", "template", "spec") ?? [:]]
        pod.put(.array(tolerations(pod)), at: "spec", "tolerations")
        let request = PodRequest(pod)
        let taints = node.at("spec", "taints")?.arrayValue ?? []
        let isKept = taints.contains { $0["effect"]?.stringValue != "PreferNoSchedule" && !request.tolerates($0) }
        return !isKept && request.accepts(node: node.labels, name: node.name)
    }

    private static func tolerations(_ pod: JSONValue) -> [JSONValue] {
        let own = pod.at("spec", "tolerations")?.arrayValue ?? []
        let keys = ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"]
        return own + keys.map { ["key": .string("node.kubernetes.io/\($0)"), "operator": "Exists"] }
    }

    private func make(_ set: JSONValue, on node: String, _ revision: String, _ world: inout World) -> String? {
        PodMaker.make(of: set, .daemonSets, Self.component, &world) { pod in
            pod.put(.string(revision), at: "metadata", "labels", ControllerRevisions.label)
            pod.put(.array(Self.tolerations(pod)), at: "spec", "tolerations")
            // Bound by the controller, which knows the node, as the scheduler would through the affinity.
            pod.put(.string(node), at: "spec", "nodeName")
        }
    }

    private func remove(_ pod: JSONValue, _ set: JSONValue, _ world: inout World) {
        world.remove(.pods, pod)
        world.tell(set, .daemonSets, "SuccessfulDelete", "Deleted pod: \(pod.name)", from: Self.component)
    }

    private func replace(
        _ set: JSONValue, _ pods: [JSONValue], _ nodes: Int, _ revision: String, _ world: inout World
    ) {
        guard set.at("spec", "updateStrategy", "type")?.stringValue != "OnDelete" else { return }
        let limit = RollingUpdate.count(
            set.at("spec", "updateStrategy", "rollingUpdate", "maxUnavailable") ?? 1, of: nodes, up: true)
        let live = pods.filter(\.isActive)
        let old = live.filter { $0.labels[ControllerRevisions.label] != revision }
        var unavailable = nodes - live.filter(\.isReady).count
        for pod in old.sorted(by: { !$0.isReady && $1.isReady || $0.isReady == $1.isReady && $0.name < $1.name }) {
            guard !pod.isReady || unavailable < max(1, limit) else { break }
            if pod.isReady { unavailable += 1 }
            remove(pod, set, &world)
        }
    }

    private func report(_ set: JSONValue, _ nodes: [String], _ revision: String, _ world: inout World) {
        let pods = world.owned(.pods, by: set).filter { $0.isActive && nodes.contains(Self.node(of: $0) ?? "") }
        let ready = pods.filter(\.isReady).count
        let updated = pods.filter { $0.labels[ControllerRevisions.label] == revision }.count
        let scheduled = pods.count
        let desired = nodes.count
        world.edit(.daemonSets, set, as: "kube-controller-manager", status: true) { set in
            set.put(.integer(scheduled), at: "status", "currentNumberScheduled")
            set.put(.integer(desired), at: "status", "desiredNumberScheduled")
            set.put(.integer(ready), at: "status", "numberReady")
            set.put(0, at: "status", "numberMisscheduled")
            set.put(ready == 0 ? nil : .integer(ready), at: "status", "numberAvailable")
            set.put(desired == ready ? nil : .integer(desired - ready), at: "status", "numberUnavailable")
            set.put(updated == 0 ? nil : .integer(updated), at: "status", "updatedNumberScheduled")
            set.put(.integer(set.generation), at: "status", "observedGeneration")
        }
    }
}
