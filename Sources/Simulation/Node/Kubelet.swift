import JSON
import Kubernetes

/// The kubelets of all nodes: they run the pods that are bound to them and report what becomes of them.
struct Kubelet: Controller {
    static let manager = "kubelet"
    /// At most so many pods in a row: the others' changes are seen, and the log is trimmed, in between.
    private static let batch = 500

    mutating func reconcile(world: inout World, changes: [StoreChange]) {
        for change in changes {
            switch change.resource.kind {
            case "Pod":
                if change.isGone { forget(change.object.uid, &world) } else { notice(change.object, &world) }
            case "Service", "Endpoints", "NetworkPolicy", "RoleBinding", "ClusterRoleBinding", "Role", "ClusterRole":
                world.machines.mustReconsider = true
            default: break
            }
        }
        let again = world.machines.toNotice
        world.machines.toNotice = []
        for key in again {
            if let pod = world.find(.pods, key.namespace, key.name) { notice(pod, &world) }
        }
        let now = world.seconds
        if world.machines.mustReconsider {
            world.machines.mustReconsider = false
            for uid in world.machines.dependents.sorted() { advance(uid, to: now, reconsiders: true, &world) }
        }
        let due = world.machines.wakes.filter { $0.value <= now }.keys
        for uid in due.sorted().prefix(Self.batch) { advance(uid, to: now, reconsiders: false, &world) }
    }

    func nextWake(_ world: World) -> Double? {
        let isBusy = world.machines.mustReconsider || !world.machines.toNotice.isEmpty
        return isBusy ? world.seconds : world.machines.wakes.values.min()
    }

    private func notice(_ seen: JSONValue, _ world: inout World) {
        let uid = seen.uid
        // What was seen may be older than the object.
        guard let pod = world.find(.pods, seen.namespace, seen.name), pod.uid == uid,
            let node = pod.nodeName, let machine = world.machines.machines[node], !machine.isKubeletDown,
            !machine.isRuntimeDown
        else { return }
        let now = world.seconds
        if world.machines.pods[uid] == nil {
            guard !pod.isFinished else { return }
            if pod.isBeingDeleted {
                world.finish(pod)
                return
            }
            let runtime = PodRuntime(
                pod, ip: world.machines.newAddress(), longestBackoff: world.machines.longestRestartBackoff, at: now)
            world.machines.addresses[runtime.ip] = uid
            world.machines.pods[uid] = runtime
            world.machines.wakes[uid] = runtime.nextAt
            report(uid, &world)
        }
        if pod.isBeingDeleted, world.machines.pods[uid]?.hasStopped == false {
            let grace = pod.at("metadata", "deletionGracePeriodSeconds")?.doubleValue ?? 30
            world.machines.pods[uid]?.stop(grace: grace, at: now)
            world.machines.wakes[uid] = world.machines.pods[uid]?.nextAt
            report(uid, &world)
        }
    }

    private func forget(_ uid: String, _ world: inout World) {
        guard let runtime = world.machines.pods.removeValue(forKey: uid) else { return }
        world.machines.wakes[uid] = nil
        world.machines.dependents.remove(uid)
        world.machines.addresses[runtime.ip] = nil
    }

    private func advance(_ uid: String, to now: Double, reconsiders: Bool, _ world: inout World) {
        guard var runtime = world.machines.pods[uid],
            let pod = world.find(.pods, runtime.namespace, runtime.name), pod.uid == uid, let node = pod.nodeName,
            var machine = world.machines.machines[node], !machine.isKubeletDown, !machine.isRuntimeDown
        else {
            world.machines.wakes[uid] = nil
            return
        }
        if reconsiders { runtime.reconsider(at: now, world) }
        runtime.advance(to: now, world, present: &machine.images)
        world.machines.machines[node]?.images = machine.images
        let depends = runtime.containers.contains { $0.process?.program.dependencies.isEmpty == false }
        if depends { world.machines.dependents.insert(uid) } else { world.machines.dependents.remove(uid) }
        world.machines.pods[uid] = runtime
        world.machines.wakes[uid] = runtime.nextAt
        report(uid, &world)
        if runtime.hasStopped, pod.isBeingDeleted { world.finish(pod) }
    }

    /// Writes the status when it differs, and the events.
    private func report(_ uid: String, _ world: inout World) {
        guard let runtime = world.machines.pods[uid],
            let pod = world.find(.pods, runtime.namespace, runtime.name), pod.uid == uid
        else { return }
        let events = runtime.events
        world.machines.pods[uid]?.events = []
        for event in events {
            world.tell(
                pod, .pods, event.reason, event.message, isWarning: event.isWarning, from: "kubelet",
                host: pod.nodeName, at: event.at)
        }
        let host = world.address(ofNode: pod.nodeName ?? "")
        let status = runtime.status(
            after: pod["status"], hostIP: host, stamp: { world.stamp($0) }, now: world.seconds)
        guard status != pod["status"] else { return }
        world.edit(.pods, pod, as: Self.manager, status: true) { $0["status"] = status }
    }
}
