import Diagnosis
import FoundationEssentials
import Healing
import History
import Incidents
import JSON
import Kubernetes
import Logging

/// Replica counts above zero as last seen, kept across restarts.
struct StoredReplicaMemory: ReplicaMemory {
    private static let kind = "replicas"
    let memory: Memory
    let log: Logger
    var now: @Sendable () -> Date = { Date() }

    func remembered(in namespace: String) async -> Remembered {
        Remembered(replicas: await counts(in: namespace), startTimes: await startTimes(in: namespace))
    }

    func counts(in namespace: String) async -> [WorkloadReference: RememberedCount] {
        do {
            return try await memory.all(kind: Self.kind).reduce(into: [:]) { counts, entry in
                guard let workload = Self.workload(entry.key), workload.namespace == namespace else { return }
                counts[workload] = Self.count(entry.value)
            }
        } catch {
            log.warning("The replica counts as last seen cannot be read: \(error)")
            return [:]
        }
    }

    func remember(_ count: Int, of workload: WorkloadReference) async {
        do {
            let value = try JSONCoding.encode(RememberedCount(count, seenAt: now()))
            try await memory.remember(kind: Self.kind, key: Self.key(workload), value: value)
        } catch {
            log.warning("The replica count of \(workload) cannot be stored: \(error)")
        }
    }

    func forget(_ workload: WorkloadReference) async {
        do {
            try await memory.forget(kind: Self.kind, key: Self.key(workload))
        } catch {
            log.warning("The replica count of \(workload) cannot be forgotten: \(error)")
        }
    }

    /// Earlier versions stored the number alone.
    private static func count(_ value: Data) -> RememberedCount? {
        if let number = Int(String(decoding: value, as: UTF8.self)) { return RememberedCount(number) }
        // What only a later version understands is as good as never seen.
        return try? JSONCoding.decode(RememberedCount.self, from: value)
    }

    /// `namespace/name` for a Deployment, `namespace/Kind/name` for others; no name holds a slash.
    static func key(_ workload: WorkloadReference) -> String {
        let kind = workload.kind == .deployment ? "" : "\(workload.kind.rawValue)/"
        return "\(workload.namespace)/\(kind)\(workload.name)"
    }

    static func workload(_ key: String) -> WorkloadReference? {
        let parts = key.split(separator: "/").map(String.init)
        let kind = parts.count == 3 ? WorkloadReference.Kind(rawValue: parts[1]) : .deployment
        guard let kind, parts.count == 2 || parts.count == 3 else { return nil }
        return WorkloadReference(kind: kind, namespace: parts[0], name: parts[parts.count - 1])
    }
}
