import Diagnosis
import FoundationEssentials
import Kubernetes

extension SnapshotReader {
    /// The namespaces in which there is a workload; nil where that may not be asked of the whole cluster.
    /// - Throws: when a read got no answer.
    func namespaces() async throws(APIError) -> [String]? {
        var found: Set<String> = []
        var scratch = Snapshot(takenAt: .distantPast, target: Target(namespace: "", name: ""))
        for deployment in try scratch.take(await read(Deployment.self, nil)) { found.insert(deployment.namespace) }
        // The first refusal tells: roles give the kinds of workloads together or not at all.
        guard scratch.unread.isEmpty else { return nil }
        for set in try scratch.take(await read(StatefulSet.self, nil)) { found.insert(set.namespace) }
        for set in try scratch.take(await read(DaemonSet.self, nil)) { found.insert(set.namespace) }
        for pod in try scratch.take(await read(Pod.self, nil)) { found.insert(pod.namespace) }
        return found.sorted()
    }

    /// The cluster's other namespaces whose pods may be listed, where an account that may not list the workloads of all
    /// of them may list at least their names; empty where not.
    /// - Throws: when a read got no answer.
    func seenNamespaces(beside known: [String]) async throws(APIError) -> [String] {
        var scratch = Snapshot(takenAt: .distantPast, target: Target(namespace: "", name: ""))
        var seen: [String] = []
        for name in try scratch.take(await read(Namespace.self, nil)).map(\.name).sorted()
        where !known.contains(name) {
            scratch.unread = []
            _ = try scratch.take(await read(Pod.self, name))
            if scratch.unread.isEmpty { seen.append(name) }
        }
        return seen
    }
}
