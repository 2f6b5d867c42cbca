public import Kubernetes

/// What no pod shows: work that is to end, autoscalers, and the machines.
extension WatchedCluster {
    /// No Service leads to a Job. What a CronJob made tells of the CronJob: it fails as long as its last run failed.
    public mutating func apply(_ changes: [Store<Job>.Change]) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            let job = change.object
            guard let owner = job.metadata.controller, owner.kind == "CronJob" else {
                touched.formUnion(put(WatchedWorkload(job), labels: [:], isGone: change.isDeletion))
                return
            }
            let own = WorkloadReference(kind: .job, namespace: job.namespace, name: job.name)
            let cron = WorkloadReference(kind: .cronJob, namespace: job.namespace, name: owner.name)
            cronOfJob[own] = change.isDeletion ? nil : cron
            runs[cron, default: [:]][job.name] = change.isDeletion ? nil : WatchedRun(job)
            if runs[cron]?.isEmpty == true { runs[cron] = nil }
            touched.formUnion(put(cron))
        }
    }

    public mutating func apply(_ changes: [Store<CronJob>.Change]) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            let object = change.object
            let cron = WorkloadReference(kind: .cronJob, namespace: object.namespace, name: object.name)
            let fresh = change.isDeletion ? nil : WatchedCron(object)
            guard crons[cron] != fresh else { return }
            crons[cron] = fresh
            touched.formUnion(put(cron))
        }
    }

    public mutating func apply(_ changes: [Store<HorizontalPodAutoscaler>.Change]) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            if case .updated(let old, let new) = change, WatchedScaler.target(of: old) != WatchedScaler.target(of: new),
                let target = WatchedScaler.target(of: old)
            {
                scalers[target]?[old.name] = nil
                touched.insert(target)
            }
            guard let target = WatchedScaler.target(of: change.object) else { return }
            let before = scalers[target]?[change.object.name]
            let fresh =
                change.isDeletion ? nil : WatchedScaler(change.object, wasOver: before?.ceiling != nil)
            scalers[target, default: [:]][change.object.name] = fresh
            if scalers[target]?.isEmpty == true { scalers[target] = nil }
            if before != fresh { touched.insert(target) }
        }
    }

    public mutating func apply(_ changes: [Store<Node>.Change]) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            let name = change.object.name
            let fresh = change.isDeletion ? nil : WatchedNode(change.object)
            guard nodes[name] != fresh else { return }
            nodes[name] = fresh
            for (owner, own) in pods where own.values.contains(where: { $0.node == name }) {
                touched.insert(cronOfJob[owner] ?? owner)
            }
            for reference in references where reference.kind == .pod { touched.insert(reference) }
        }
    }

    /// What is wrong with nodes, for a person, the worst first: `node a: container runtime is down`.
    public var nodeTroubles: [String] {
        let troubles = nodes.map { name, node in
            let rank = node.down != nil ? 0 : node.pressure != nil ? 1 : 2
            return (rank: rank, text: "node \(name): \(node.down ?? node.pressure ?? "cordoned")")
        }
        return troubles.sorted { ($0.rank, $0.text) < ($1.rank, $1.text) }.map(\.text)
    }

    func pods(of reference: WorkloadReference) -> [WatchedPod] {
        guard reference.kind == .cronJob else { return Array((pods[reference] ?? [:]).values) }
        return (runs[reference] ?? [:]).keys.flatMap { name -> [WatchedPod] in
            let job = WorkloadReference(kind: .job, namespace: reference.namespace, name: name)
            return Array((pods[job] ?? [:]).values)
        }
    }

    private mutating func put(_ cron: WorkloadReference) -> Set<WorkloadReference> {
        let own = Array((runs[cron] ?? [:]).values)
        return put(
            WatchedWorkload(cron, crons[cron], runs: own), labels: [:], isGone: own.isEmpty && crons[cron] == nil)
    }
}
