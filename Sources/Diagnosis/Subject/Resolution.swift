import Kubernetes

/// Finds the Service and the workload that a target's name means.
struct Resolution {
    let snapshot: Snapshot
    private(set) var service: Service?
    private(set) var workload: Workload?
    /// The workload was found by name or likeness, not by the Service's selector.
    private(set) var isGuessed = false

    init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        let target = snapshot.target
        switch target.kind?.lowercased() {
        case nil, "service"?, "services"?, "svc"?:
            service = snapshot.services.first { $0.name == target.name }
            resolveFromService()
        default:
            workload = named(target.name, kind: target.kind)
            resolveServiceOfWorkload()
        }
    }

    /// The pods that the workload owns, of every revision.
    func pods(of workload: Workload) -> [Pod] {
        switch workload.reference.kind {
        case .pod: return snapshot.pods.filter { $0.name == workload.reference.name }
        case .deployment:
            let sets = Set(
                snapshot.replicaSets.filter { Self.isOwned($0.metadata, by: workload.object) }.map(\.name))
            // With the ReplicaSets unread, a pod of a ReplicaSet that the selector matches is taken for one of it.
            return snapshot.pods.filter { pod in
                guard let owner = pod.metadata.controller, owner.kind == "ReplicaSet" else { return false }
                return sets.contains(owner.name)
                    || snapshot.replicaSets.isEmpty && workload.selector.matches(pod.metadata.labels ?? [:])
            }
        case .cronJob:
            let jobs = snapshot.jobs.filter { Self.isOwned($0.metadata, by: workload.object) }.map(\.reference)
            return snapshot.pods.filter { pod in jobs.contains { Self.isOwned(pod.metadata, by: $0) } }
        default: return snapshot.pods.filter { Self.isOwned($0.metadata, by: workload.object) }
        }
    }

    /// Every workload of the snapshot that is to stay; bare ReplicaSets and pods too, and those of controllers that
    /// Cortex does not know (an Argo Rollout owns ReplicaSets, other operators own pods).
    var workloads: [Workload] {
        snapshot.deployments.map(Workload.init) + snapshot.statefulSets.map(Workload.init)
            + snapshot.daemonSets.map(Workload.init)
            + snapshot.replicaSets.filter { $0.metadata.controller?.kind != "Deployment" }
            // An Argo Rollout keeps its older ReplicaSets at zero, as a Deployment does.
            .filter { $0.metadata.controller == nil || $0.spec.replicas ?? 1 > 0 }.compactMap { Workload($0) }
            + snapshot.pods.filter { !Self.podOwners.contains($0.metadata.controller?.kind ?? "") }.map(Workload.init)
    }

    private static let podOwners: Set = ["ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"]

    /// Jobs and CronJobs, which are looked for by name only.
    private var batch: [Workload] { snapshot.jobs.map(Workload.init) + snapshot.cronJobs.map(Workload.init) }

    static func isOwned(_ metadata: ObjectMeta, by owner: ObjectReference) -> Bool {
        guard let controller = metadata.controller, controller.kind == owner.kind else { return false }
        return controller.name == owner.name && (owner.uid == nil || controller.uid == owner.uid)
    }

    private mutating func resolveFromService() {
        let target = snapshot.target
        if let selector = service?.spec.selector, !selector.isEmpty {
            let wanted = LabelSelector(matchLabels: selector)
            let matching = workloads.filter { wanted.matches($0.podLabels) }
            if let failing = told(by: snapshot.answer, matching) {
                workload = failing
                return
            }
            if let match = Self.preferred(matching, name: target.name) {
                workload = match
                return
            }
        }
        isGuessed = true
        workload = named(target.name, kind: nil) ?? alike()
    }

    /// Of several workloads behind one Service the one whose pod the failed answer names by its address.
    private func told(by answer: ServiceAnswer?, _ workloads: [Workload]) -> Workload? {
        guard workloads.count > 1, let answer, answer.kind != .ok else { return nil }
        return workloads.first { workload in
            pods(of: workload).contains { pod in
                pod.status?.podIP.map { answer.message.contains("\($0):") } ?? false
            }
        }
    }

    private mutating func resolveServiceOfWorkload() {
        guard let workload else { return }
        let matching = snapshot.services.filter { service in
            guard let selector = service.spec.selector, !selector.isEmpty else { return false }
            return LabelSelector(matchLabels: selector).matches(workload.podLabels)
        }.sorted { $0.name < $1.name }
        // Of several Services over the same pods the one of the workload's name speaks for it, then the first that
        // has a cluster address: a headless one only names pods.
        service =
            matching.first { $0.name == workload.reference.name } ?? matching.first { !$0.isHeadless }
            ?? matching.first ?? snapshot.services.first { $0.name == workload.reference.name }
        isGuessed = matching.isEmpty
    }

    private func named(_ name: String, kind: String?) -> Workload? {
        let candidates = (workloads + batch).filter { $0.reference.name == name }
        guard let kind else { return candidates.first }
        let short = [
            "deploy": "deployment", "sts": "statefulset", "ds": "daemonset", "rs": "replicaset", "po": "pod",
            "cj": "cronjob",
        ]
        let wanted = short[kind.lowercased()] ?? kind.lowercased()
        return candidates.first { workload in
            let own = workload.reference.kind.rawValue.lowercased()
            return own == wanted || own + "s" == wanted
        } ?? owned(name, kind: wanted)
    }

    /// A pod or ReplicaSet named as target stands for the workload that owns it.
    private func owned(_ name: String, kind: String) -> Workload? {
        var metadata: ObjectMeta?
        if kind.hasPrefix("pod") { metadata = snapshot.pods.first { $0.name == name }?.metadata }
        if kind.hasPrefix("replicaset") { metadata = snapshot.replicaSets.first { $0.name == name }?.metadata }
        guard var owner = metadata?.controller else { return nil }
        if owner.kind == "ReplicaSet",
            let above = snapshot.replicaSets.first(where: { $0.name == owner.name })?.metadata.controller
        {
            owner = above
        }
        return (workloads + batch).first {
            $0.reference.kind.rawValue == owner.kind && $0.reference.name == owner.name
        }
    }

    /// The one workload whose pods the Service's selector misses by a single value: the others agree, or the two
    /// values are a slip of the finger apart.
    private func alike() -> Workload? {
        guard let selector = service?.spec.selector, !selector.isEmpty else { return nil }
        let near = workloads.filter { workload in
            let differing = selector.filter { workload.podLabels[$0.key] != $0.value }
            guard differing.count == 1, let (key, value) = differing.first, let own = workload.podLabels[key] else {
                return false
            }
            return selector.count > 1 || Self.isSlip(own, value)
        }
        return near.count == 1 ? near[0] : nil
    }

    /// At most two edits apart, and not short enough for that to mean nothing.
    static func isSlip(_ left: String, _ right: String) -> Bool {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        guard min(a.count, b.count) >= 3, abs(a.count - b.count) <= 2 else { return false }
        var row = Array(0...b.count)
        for i in a.indices {
            var previous = row[0]
            row[0] = i + 1
            for j in b.indices {
                let cost = min(row[j + 1] + 1, row[j] + 1, previous + (a[i] == b[j] ? 0 : 1))
                previous = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[b.count] <= 2
    }

    private static func preferred(_ workloads: [Workload], name: String) -> Workload? {
        workloads.first { $0.reference.name == name } ?? workloads.first { $0.ready < $0.desired }
            ?? workloads.first { $0.desired > 0 } ?? workloads.first
    }
}
