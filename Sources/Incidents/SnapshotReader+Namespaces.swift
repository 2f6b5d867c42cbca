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
}
