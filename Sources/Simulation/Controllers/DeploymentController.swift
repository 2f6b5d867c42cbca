import JSON
import Kubernetes

/// Rolls a Deployment's template out over ReplicaSets, keeps its revisions, and says how far it has come.
/// Source: pkg/controller/deployment of Kubernetes.
struct DeploymentController: KeyedController {
    static let manager = "kube-controller-manager"
    static let component = "deployment-controller"
    static let revision = "deployment.kubernetes.io/revision"
    private var adoption = Adoption(of: .replicaSets, by: .deployments)

    mutating func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        // One that stops all of its pods first waits until the last of them is gone.
        if change.resource.kind == "Pod", change.isGone, let owner = change.object.controller,
            owner["kind"] == "ReplicaSet", let name = owner["name"]?.stringValue,
            let set = world.find(.replicaSets, change.object.namespace, name),
            let deployment = set.controller?["name"]?.stringValue
        {
            return [ObjectKey(set.namespace, deployment)]
        }
        return adoption.keys(of: change, world)
            + Simulation.keys(of: change, own: .deployments, owns: [.replicaSets])
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let deployment = world.find(.deployments, key.namespace, key.name), !deployment.isBeingDeleted else {
            return nil
        }
        adoption.settle(deployment, &world)
        let sets = world.owned(.replicaSets, by: deployment).sorted { Self.age($0) < Self.age($1) }
        let isPaused = deployment.at("spec", "paused")?.boolValue ?? false
        notePause(isPaused, deployment, &world)
        let current = Self.current(of: deployment, sets)
        let replicas = deployment.at("spec", "replicas")?.intValue ?? 1
        let isScaled = sets.contains { set in
            (set.at("spec", "replicas")?.intValue ?? 0) > 0
                && set.annotations["deployment.kubernetes.io/desired-replicas"].flatMap { Int($0) } != replicas
        }
        if isPaused || (isScaled && current != nil) {
            scale(deployment, current, sets, &world)
        } else if deployment.at("spec", "strategy", "type")?.stringValue == "Recreate" {
            recreate(deployment, sets, &world)
        } else {
            roll(deployment, sets, &world)
        }
        clean(key, &world)
        return DeploymentStatus.report(key, &world)
    }

    /// By creation, then by name: several may be made in one second.
    static func age(_ object: JSONValue) -> String {
        (object.at("metadata", "creationTimestamp")?.stringValue ?? "") + " " + object.name
    }

    /// The ReplicaSet that has the Deployment's template.
    static func current(of deployment: JSONValue, _ sets: [JSONValue]) -> JSONValue? {
        let wanted = deployment.at("spec", "template")
        return sets.first { bare($0.at("spec", "template")) == bare(wanted) }
    }

    /// A template without the label that tells ReplicaSets apart.
    static func bare(_ template: JSONValue?) -> JSONValue? {
        var template = template
        template?.put(nil, at: "metadata", "labels", "pod-template-hash")
        template?.put(nil, at: "metadata", "creationTimestamp")
        return template
    }

    /// A pause holds the deadline of the rollout.
    private func notePause(_ isPaused: Bool, _ deployment: JSONValue, _ world: inout World) {
        let condition = deployment.condition("Progressing")
        let reason = condition?["reason"]?.stringValue
        guard reason != "ProgressDeadlineExceeded" else { return }
        let isNoted = reason == "DeploymentPaused"
        guard isPaused != isNoted else { return }
        let stamp = world.stamp(world.seconds)
        world.edit(.deployments, deployment, as: Self.manager, status: true) { object in
            object.setCondition(
                "Progressing", "Unknown", reason: isPaused ? "DeploymentPaused" : "DeploymentResumed",
                message: isPaused ? "Deployment is paused" : "Deployment is resumed", at: stamp)
        }
    }

    private func roll(_ deployment: JSONValue, _ sets: [JSONValue], _ world: inout World) {
        guard let new = ensureCurrent(deployment, sets, &world) else { return }
        let replicas = deployment.at("spec", "replicas")?.intValue ?? 1
        let update = RollingUpdate(replicas: replicas, strategy: deployment.at("spec", "strategy"))
        let old = sets.filter { $0.uid != new.uid }
        let up = update.new(Self.count(new), old: old.map(Self.count))
        if up != Self.count(new).wanted {
            resize(new, to: up, deployment, update, &world)
            return
        }
        for (set, wanted) in zip(old, update.old(old.map(Self.count), new: Self.count(new)))
        where wanted != Self.count(set).wanted {
            resize(set, to: wanted, deployment, update, &world)
        }
    }

    private func recreate(_ deployment: JSONValue, _ sets: [JSONValue], _ world: inout World) {
        let current = Self.current(of: deployment, sets)
        let old = sets.filter { $0.uid != current?.uid }
        let update = Self.update(deployment)
        let running = old.filter { Self.count($0).wanted > 0 }
        for set in running { resize(set, to: 0, deployment, update, &world) }
        let remains = old.contains { set in world.owned(.pods, by: set).contains { !$0.isFinished } }
        guard running.isEmpty, !remains, let new = ensureCurrent(deployment, sets, &world) else { return }
        if Self.count(new).wanted != update.replicas { resize(new, to: update.replicas, deployment, update, &world) }
    }

    /// Another count, in the middle of a rollout or not: each ReplicaSet gets its share.
    private func scale(_ deployment: JSONValue, _ current: JSONValue?, _ sets: [JSONValue], _ world: inout World) {
        let update = Self.update(deployment)
        let active = sets.filter { Self.count($0).wanted > 0 }
        if active.count <= 1, let only = active.first ?? current {
            resize(only, to: update.replicas, deployment, update, &world)
            return
        }
        if let current, Self.count(current).available >= update.replicas {
            for set in active where set.uid != current.uid { resize(set, to: 0, deployment, update, &world) }
            resize(current, to: update.replicas, deployment, update, &world)
            return
        }
        let total = active.map { Self.count($0).wanted }.reduce(0, +)
        let allowed = update.replicas > 0 ? update.replicas + update.surge : 0
        var rest = allowed - total
        for set in active.sorted(by: { Self.count($0).wanted > Self.count($1).wanted }) {
            let own = Self.count(set).wanted
            let before = set.annotations["deployment.kubernetes.io/max-replicas"].flatMap { Int($0) } ?? total
            let share = before > 0 ? (own * allowed + before / 2) / before - own : 0
            let change = rest > 0 ? min(max(share, 0), rest) : max(min(share, 0), rest)
            rest -= change
            resize(set, to: max(0, own + change), deployment, update, &world)
        }
    }

    static func update(_ deployment: JSONValue) -> RollingUpdate {
        let replicas = deployment.at("spec", "replicas")?.intValue ?? 1
        let isRecreate = deployment.at("spec", "strategy", "type")?.stringValue == "Recreate"
        return isRecreate
            ? RollingUpdate(replicas: replicas, surge: 0, unavailable: replicas)
            : RollingUpdate(replicas: replicas, strategy: deployment.at("spec", "strategy"))
    }

    static func count(_ set: JSONValue) -> RollingUpdate.Count {
        .init(
            wanted: set.at("spec", "replicas")?.intValue ?? 0,
            available: set.at("status", "availableReplicas")?.intValue ?? 0)
    }

    private func resize(
        _ set: JSONValue, to wanted: Int, _ deployment: JSONValue, _ update: RollingUpdate, _ world: inout World
    ) {
        let before = Self.count(set).wanted
        let most = update.replicas + update.surge
        world.edit(.replicaSets, set, as: Self.manager) { set in
            set.put(.integer(wanted), at: "spec", "replicas")
            set.put(
                .string(String(update.replicas)), at: "metadata", "annotations",
                "deployment.kubernetes.io/desired-replicas")
            set.put(.string(String(most)), at: "metadata", "annotations", "deployment.kubernetes.io/max-replicas")
        }
        guard before != wanted else { return }
        let word = wanted > before ? "up" : "down"
        world.tell(
            deployment, .deployments, "ScalingReplicaSet", "Scaled \(word) replica set \(set.name) to \(wanted)",
            from: Self.component)
    }

    /// The ReplicaSet of the current template, with the newest revision; made when it is not there.
    private func ensureCurrent(_ deployment: JSONValue, _ sets: [JSONValue], _ world: inout World) -> JSONValue? {
        let update = Self.update(deployment)
        let current = Self.current(of: deployment, sets)
        let newest = sets.filter { $0.uid != current?.uid }.compactMap { Self.revision(of: $0) }.max() ?? 0
        let number = max(newest + 1, current.flatMap { Self.revision(of: $0) } ?? 0)
        mark(deployment, number, &world)
        if let current {
            guard Self.revision(of: current) != number else { return current }
            world.edit(.replicaSets, current, as: Self.manager) { set in
                let earlier = set.annotations["deployment.kubernetes.io/revision-history"].map { $0 + "," } ?? ""
                let old = set.annotations[Self.revision] ?? ""
                set.put(
                    .string(earlier + old), at: "metadata", "annotations", "deployment.kubernetes.io/revision-history")
                set.put(.string(String(number)), at: "metadata", "annotations", Self.revision)
            }
            return world.find(.replicaSets, current.namespace, current.name)
        }
        return make(deployment, number, sets, update, &world)
    }

    static func revision(of object: JSONValue) -> Int? { object.annotations[revision].flatMap { Int($0) } }

    private func mark(_ deployment: JSONValue, _ number: Int, _ world: inout World) {
        guard Self.revision(of: deployment) != number else { return }
        // By way of its status, as the real one: its generation does not move.
        world.edit(.deployments, deployment, as: Self.manager, status: true) { object in
            object.put(.string(String(number)), at: "metadata", "annotations", Self.revision)
        }
    }

    private func make(
        _ deployment: JSONValue, _ number: Int, _ sets: [JSONValue], _ update: RollingUpdate, _ world: inout World
    ) -> JSONValue? {
        let template = Self.bare(deployment.at("spec", "template")) ?? [:]
        let hash = TemplateHash.text(of: template)
        let room = update.replicas + update.surge - sets.map { Self.count($0).wanted }.reduce(0, +)
        let wanted = max(0, min(room, update.replicas))
        let isRecreate = deployment.at("spec", "strategy", "type")?.stringValue == "Recreate"
        let count = isRecreate ? update.replicas : wanted
        var set: JSONValue = ["apiVersion": "apps/v1", "kind": "ReplicaSet"]
        var labels = template.at("metadata", "labels") ?? [:]
        labels["pod-template-hash"] = .string(hash)
        var annotations = deployment.annotations.filter {
            $0.key != "kubectl.kubernetes.io/last-applied-configuration"
        }
        annotations[Self.revision] = String(number)
        annotations["deployment.kubernetes.io/desired-replicas"] = String(update.replicas)
        annotations["deployment.kubernetes.io/max-replicas"] = String(update.replicas + update.surge)
        set["metadata"] = [
            "name": .string("\(deployment.name)-\(hash)"), "namespace": .string(deployment.namespace ?? ""),
            "labels": labels, "annotations": .object(annotations.mapValues { .string($0) }),
            "ownerReferences": [PodMaker.reference(to: deployment, .deployments)],
        ]
        var own = template
        own.put(.string(hash), at: "metadata", "labels", "pod-template-hash")
        var selector = deployment.at("spec", "selector") ?? [:]
        selector.put(.string(hash), at: "matchLabels", "pod-template-hash")
        set["spec"] = ["replicas": .integer(count), "selector": selector, "template": own]
        if let least = deployment.at("spec", "minReadySeconds") { set.put(least, at: "spec", "minReadySeconds") }
        guard case .success(let made) = world.add(.replicaSets, set, as: Self.manager) else { return nil }
        let stamp = world.stamp(world.seconds)
        world.edit(.deployments, deployment, as: Self.manager, status: true) { object in
            object.setCondition(
                "Progressing", "True", reason: "NewReplicaSetCreated",
                message: "Created new replica set \"\(made.name)\"", at: stamp)
        }
        if count > 0 {
            world.tell(
                deployment, .deployments, "ScalingReplicaSet", "Scaled up replica set \(made.name) to \(count)",
                from: Self.component)
        }
        return made
    }

    /// Old ReplicaSets beyond the history's limit go, oldest first.
    private func clean(_ key: ObjectKey, _ world: inout World) {
        guard let deployment = world.find(.deployments, key.namespace, key.name) else { return }
        let limit = deployment.at("spec", "revisionHistoryLimit")?.intValue ?? 10
        let sets = world.owned(.replicaSets, by: deployment)
        guard sets.count > limit + 1 else { return }
        let current = Self.current(of: deployment, sets)
        let old = sets.filter { $0.uid != current?.uid && Self.count($0).wanted == 0 }
            .filter { $0.at("status", "replicas")?.intValue ?? 0 == 0 }
            .sorted { (Self.revision(of: $0) ?? 0) < (Self.revision(of: $1) ?? 0) }
        for set in old.prefix(max(0, old.count - limit)) { world.remove(.replicaSets, set) }
    }
}
