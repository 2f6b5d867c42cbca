public import FoundationEssentials
public import JSON
public import Kubernetes

/// Who may change a workload, as a Lease in Cortex's own namespace tells it to every Cortex of the cluster. One healing
/// holds it, in the way in which client-go holds that of a leader.
/// Source: https://kubernetes.io/docs/concepts/architecture/leases/
public enum WorkloadLease {
    /// How long a holder that is not heard of any more keeps it, in seconds.
    public static let duration = 15
    /// How often it is renewed, in seconds.
    public static let renewal = 5.0
    /// The longest that is believed of another's, in seconds.
    static let longest = 60.0
    /// How long the sight of another's lease is kept, in seconds.
    public static let forgetting = 600.0

    /// What is to be done about the lease as it is found.
    public enum Step: Hashable, Sendable {
        /// There is none.
        case create
        /// Nobody holds it any more.
        case takeOver
        case renew
        case wait(holder: String)
    }

    /// `deployment.cortex-system.sandfly-mcp-server`. Beyond the 253 characters that a name may have, two workloads may
    /// have one lease, and are healed one after the other.
    public static func name(of workload: WorkloadReference) -> String {
        let name = "\(workload.kind.rawValue.lowercased()).\(workload.namespace).\(workload.name)".prefix(253)
        return String(name[..<(name.lastIndex { $0 != "." && $0 != "-" }.map(name.index(after:)) ?? name.endIndex)])
    }

    /// - Parameters:
    ///   - unchangedSince: since when the caller has seen this state of it. The holder's own times do not count: it may
    ///     have another clock.
    public static func step(
        _ lease: Lease?, unchangedSince: Date, identity: String, now: Date
    ) -> Step {
        guard let lease else { return .create }
        guard let holder = lease.spec.holderIdentity, !holder.isEmpty else { return .takeOver }
        if holder == identity { return .renew }
        let lasts = min(Double(lease.spec.leaseDurationSeconds ?? duration), longest)
        return now.timeIntervalSince(unchangedSince) >= lasts ? .takeOver : .wait(holder: holder)
    }

    /// What is written, to create it or to change it.
    public static func spec(after lease: Lease?, _ step: Step, identity: String, now: Date) -> JSONValue {
        var spec: JSONValue = [
            "holderIdentity": .string(identity), "leaseDurationSeconds": .integer(Int64(duration)),
            "renewTime": .string(RFC3339.microTime(from: now)),
        ]
        if step != .renew {
            spec["acquireTime"] = spec["renewTime"]
            spec["leaseTransitions"] = .integer(Int64(lease.map { ($0.spec.leaseTransitions ?? 0) + 1 } ?? 0))
        }
        return spec
    }
}
