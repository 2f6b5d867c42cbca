import JSON
import Kubernetes

/// What the control plane does about nodes that no longer report.
/// Source: https://kubernetes.io/docs/concepts/architecture/nodes/#condition
struct NodeLifecycle: Controller {
    /// Seconds without a report until a node counts as unknown.
    static let patience = 40.0
    /// Seconds until its pods are evicted, which pods state as their toleration.
    static let toleration = 300.0
    private var unknownSince: [String: Double] = [:]
    private var knownDown: Set<String> = []

    mutating func reconcile(world: inout World, changes: [StoreChange]) {
        for change in changes where change.resource.kind == "Node" {
            let name = change.object.name
            if change.isGone {
                world.machines.machines[name] = nil
                unknownSince[name] = nil
            } else if world.machines.machines[name] == nil {
                world.machines.machines[name] = .init(heardAt: world.seconds)
                report(name, "True", "KubeletReady", "kubelet is posting ready status", &world)
            }
        }
        for name in world.machines.machines.keys.sorted() { look(name, &world) }
    }

    func nextWake(_ world: World) -> Double? {
        var times: [Double] = []
        for (name, machine) in world.machines.machines {
            if machine.isKubeletDown {
                if let since = unknownSince[name] {
                    let due = since + Self.toleration
                    if due > world.seconds { times.append(due) }
                } else {
                    times.append(max(world.seconds, machine.heardAt + Self.patience))
                }
            } else if unknownSince[name] != nil || machine.isRuntimeDown != knownDown.contains(name) {
                times.append(world.seconds)
            }
        }
        return times.min()
    }

    private mutating func look(_ name: String, _ world: inout World) {
        guard let machine = world.machines.machines[name] else { return }
        let now = world.seconds
        if machine.isKubeletDown {
            if let since = unknownSince[name] {
                if now >= since + Self.toleration { evict(name, &world) }
            } else if now >= machine.heardAt + Self.patience {
                unknownSince[name] = now
                report(name, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", &world)
                taint(name, "node.kubernetes.io/unreachable", &world)
                unready(name, &world)
            }
            return
        }
        world.machines.machines[name]?.heardAt = now
        if unknownSince.removeValue(forKey: name) != nil {
            report(name, "True", "KubeletReady", "kubelet is posting ready status", &world)
            taint(name, nil, &world)
            resume(name, &world)
        }
        guard machine.isRuntimeDown != knownDown.contains(name) else { return }
        if machine.isRuntimeDown {
            knownDown.insert(name)
            report(
                name, "False", "KubeletNotReady", "container runtime is down, PLEG is not healthy", &world)
            taint(name, "node.kubernetes.io/not-ready", &world)
            unready(name, &world)
        } else {
            knownDown.remove(name)
            report(name, "True", "KubeletReady", "kubelet is posting ready status", &world)
            taint(name, nil, &world)
            resume(name, &world)
        }
    }

    private func report(
        _ name: String, _ status: String, _ reason: String, _ message: String, _ world: inout World
    ) {
        guard let node = world.find(.nodes, nil, name) else { return }
        let stamp = world.stamp(world.seconds)
        world.edit(.nodes, node, as: "kubelet", status: true) { node in
            node.setCondition("Ready", status, reason: reason, message: message, at: stamp, updates: false)
        }
        let isReady = status == "True"
        world.tell(
            node, .nodes, isReady ? "NodeReady" : "NodeNotReady",
            "Node \(name) status is now: \(isReady ? "NodeReady" : "NodeNotReady")", from: "node-controller")
    }

    private func taint(_ name: String, _ key: String?, _ world: inout World) {
        guard let node = world.find(.nodes, nil, name) else { return }
        let stamp = world.stamp(world.seconds)
        world.edit(.nodes, node, as: "kube-controller-manager") { node in
            var taints = node.at("spec", "taints")?.arrayValue ?? []
            let own = ["node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"]
            taints.removeAll { own.contains($0["key"]?.stringValue ?? "") }
            for effect in key == nil ? [] : ["NoSchedule", "NoExecute"] {
                taints.append(["key": .string(key ?? ""), "effect": .string(effect), "timeAdded": stamp])
            }
            node.put(taints.isEmpty ? nil : .array(taints), at: "spec", "taints")
        }
    }

    private func pods(on name: String, _ world: World) -> [JSONValue] {
        world.all(.pods, in: nil).filter { $0.nodeName == name && !$0.isFinished }
    }

    private func unready(_ name: String, _ world: inout World) {
        let stamp = world.stamp(world.seconds)
        for pod in pods(on: name, world) where pod.isReady {
            world.edit(.pods, pod, as: "kube-controller-manager", status: true) { pod in
                pod.setCondition("Ready", "False", at: stamp, updates: false)
            }
            world.tell(pod, .pods, "NodeNotReady", "Node is not ready", isWarning: true, from: "node-controller")
        }
    }

    private func resume(_ name: String, _ world: inout World) {
        for pod in pods(on: name, world) { world.machines.wakes[pod.uid] = world.seconds }
        world.renotice(pods(on: name, world))
    }

    private func evict(_ name: String, _ world: inout World) {
        for pod in pods(on: name, world) where !pod.isBeingDeleted {
            guard pod.controller?["kind"]?.stringValue != "DaemonSet" else { continue }
            world.tell(
                pod, .pods, "TaintManagerEviction",
                "Marking for deletion Pod \(pod.namespace ?? "")/\(pod.name)", from: "taint-controller")
            world.remove(.pods, pod)
        }
    }
}
