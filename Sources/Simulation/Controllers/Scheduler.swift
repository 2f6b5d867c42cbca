import JSON
import Kubernetes

/// Binds pods to nodes, or says why it cannot.
/// Source: pkg/scheduler of Kubernetes; the messages are those of 1.20.
struct Scheduler: Controller {
    private var waiting: Set<ObjectKey> = []
    /// What a pod was last told, so that it is told again only when it changes.
    private var told: [ObjectKey: String] = [:]

    mutating func reconcile(world: inout World, changes: [StoreChange]) {
        var isToTry = false
        for change in changes {
            switch change.resource.kind {
            case "Pod":
                let key = ObjectKey(change.object)
                let isGone = change.isGone || change.object.isFinished || change.object.isBeingDeleted
                if !isGone, change.object.nodeName == nil {
                    if waiting.insert(key).inserted { isToTry = true }
                } else {
                    waiting.remove(key)
                    told[key] = nil
                    // Room may have been made.
                    if isGone { isToTry = true }
                }
            case "Node", "PersistentVolumeClaim": isToTry = true
            default: break
            }
        }
        guard isToTry, !waiting.isEmpty else { return }
        var loads = NodeLoad.all(world)
        for key in waiting.sorted() { place(key, &loads, &world) }
    }

    func nextWake(_ world: World) -> Double? { nil }

    private mutating func place(_ key: ObjectKey, _ loads: inout [NodeLoad], _ world: inout World) {
        guard let pod = world.find(.pods, key.namespace, key.name), pod.nodeName == nil else {
            waiting.remove(key)
            return
        }
        let scheduler = pod.at("spec", "schedulerName")?.stringValue ?? "default-scheduler"
        guard scheduler == "default-scheduler" else { return }
        let request = PodRequest(pod)
        var reasons: [String: Int] = [:]
        var fitting: [Int] = []
        let unbound = Self.unboundClaim(pod, world)
        for index in loads.indices {
            let found = unbound.map { [$0] } ?? loads[index].obstacles(to: request)
            if found.isEmpty { fitting.append(index) }
            for reason in found { reasons[reason, default: 0] += 1 }
        }
        // The least loaded; of equals the first by name.
        guard let best = fitting.min(by: { loads[$0].share(with: request) < loads[$1].share(with: request) }) else {
            return refuse(pod, key, reasons, loads.count, isUnbound: unbound != nil, &world)
        }
        let node = loads[best].name
        loads[best].take(request)
        waiting.remove(key)
        told[key] = nil
        let stamp = world.stamp(world.seconds)
        world.edit(.pods, pod, as: "kube-scheduler") { $0.put(.string(node), at: "spec", "nodeName") }
        world.edit(.pods, pod, as: "kube-scheduler", status: true) { pod in
            pod.setCondition("PodScheduled", "True", at: stamp, updates: false)
        }
        world.tell(
            pod, .pods, "Scheduled", "Successfully assigned \(key.namespace)/\(key.name) to \(node)",
            from: "default-scheduler")
    }

    private mutating func refuse(
        _ pod: JSONValue, _ key: ObjectKey, _ reasons: [String: Int], _ nodes: Int, isUnbound: Bool,
        _ world: inout World
    ) {
        let parts = reasons.map { "\($0.value) \($0.key)" }.sorted()
        let words =
            nodes == 0
            ? "no nodes available to schedule pods"
            : "0/\(nodes) nodes are available: \(parts.joined(separator: ", "))."
        guard told[key] != words else { return }
        told[key] = words
        let stamp = world.stamp(world.seconds)
        world.edit(.pods, pod, as: "kube-scheduler", status: true) { pod in
            pod.setCondition(
                "PodScheduled", "False", reason: "Unschedulable", message: words, at: stamp, updates: false)
            if pod.at("status", "phase") == nil { pod.put("Pending", at: "status", "phase") }
        }
        world.tell(pod, .pods, "FailedScheduling", words, isWarning: true, from: "default-scheduler")
    }

    /// What holds a pod up wherever it would run: a claim that is absent or not bound.
    private static func unboundClaim(_ pod: JSONValue, _ world: World) -> String? {
        for volume in pod.at("spec", "volumes")?.arrayValue ?? [] {
            guard let name = volume.at("persistentVolumeClaim", "claimName")?.stringValue else { continue }
            guard let claim = world.find(.claims, pod.namespace, name) else {
                return "persistentvolumeclaim \"\(name)\" not found"
            }
            if claim.at("status", "phase")?.stringValue != "Bound" {
                return "pod has unbound immediate PersistentVolumeClaims"
            }
        }
        return nil
    }
}
