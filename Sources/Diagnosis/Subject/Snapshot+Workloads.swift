import Kubernetes

extension Snapshot {
    /// Every workload that can be looked at in it, as targets; a Job that a CronJob made is looked at with that.
    public var workloadTargets: [Target] {
        let lasting = Resolution(self).workloads.map(\.reference).filter { reference in
            // A finished pod of its own is neither up nor down.
            reference.kind != .pod || pods.contains { $0.name == reference.name && !$0.isTerminal }
        }
        let batch =
            jobs.filter { $0.metadata.controller == nil }.map { ("Job", $0.namespace, $0.name) }
            + cronJobs.map { ("CronJob", $0.namespace, $0.name) }
        return lasting.map { Target(kind: $0.kind.rawValue, namespace: $0.namespace, name: $0.name) }
            + batch.map { Target(kind: $0.0, namespace: $0.1, name: $0.2) }
    }
}
