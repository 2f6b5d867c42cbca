import FoundationEssentials
import Healing
import History
import JSON
import Kubernetes
import Logging

/// How long the pods of each workload took to start.
extension StoredReplicaMemory {
    private static let starts = "starts"

    func startTimes(in namespace: String) async -> [WorkloadReference: StartTimes] {
        do {
            return try await memory.all(kind: Self.starts).reduce(into: [:]) { times, entry in
                guard let workload = Self.workload(entry.key), workload.namespace == namespace,
                    // What an older version wrote otherwise is learned anew.
                    let seconds = try? JSONCoding.decode([Double].self, from: entry.value)
                else { return }
                times[workload] = StartTimes(seconds)
            }
        } catch {
            log.warning("The usual starts cannot be read: \(error)")
            return [:]
        }
    }

    func remember(_ start: PodStart) async {
        do {
            let key = Self.key(start.workload)
            let before = try await memory.value(kind: Self.starts, key: key)
            var times = StartTimes(try before.map { try JSONCoding.decode([Double].self, from: $0) } ?? [])
            times.add(start.seconds)
            try await memory.remember(kind: Self.starts, key: key, value: JSONCoding.encode(times.seconds))
        } catch {
            log.warning("The start of \(start.workload) cannot be stored: \(error)")
        }
    }
}
