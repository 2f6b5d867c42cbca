import FoundationEssentials
import History
import Incidents
import Kubernetes
import Logging

/// Replica counts above zero as last seen, kept across restarts.
struct StoredReplicaMemory: ReplicaMemory {
    private static let kind = "replicas"
    let memory: Memory
    let log: Logger

    func counts(in namespace: String) async -> [WorkloadReference: Int] {
        do {
            let prefix = "\(namespace)/"
            return try await memory.all(kind: Self.kind).reduce(into: [:]) { counts, entry in
                guard entry.key.hasPrefix(prefix), let count = Int(String(decoding: entry.value, as: UTF8.self)) else {
                    return
                }
                let name = String(entry.key.dropFirst(prefix.count))
                counts[WorkloadReference(kind: .deployment, namespace: namespace, name: name)] = count
            }
        } catch {
            log.warning("The replica counts as last seen cannot be read: \(error)")
            return [:]
        }
    }

    func remember(_ count: Int, of workload: WorkloadReference) async {
        do {
            try await memory.remember(
                kind: Self.kind, key: "\(workload.namespace)/\(workload.name)", value: Data(String(count).utf8))
        } catch {
            log.warning("The replica count of \(workload) cannot be stored: \(error)")
        }
    }

    func forget(_ workload: WorkloadReference) async {
        do {
            try await memory.forget(kind: Self.kind, key: "\(workload.namespace)/\(workload.name)")
        } catch {
            log.warning("The replica count of \(workload) cannot be forgotten: \(error)")
        }
    }
}
