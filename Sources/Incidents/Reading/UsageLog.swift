import Diagnosis
import Kubernetes
import Synchronization

/// What looks saw of the memory of containers, so that one look after the other makes a curve. Bounded, and only of
/// workloads of which a container was killed for want of memory.
public final class UsageLog: Sendable {
    /// Workloads that are kept; the one that was seen longest ago makes room.
    private static let maximumWorkloads = 64

    private struct State {
        var usages: [WorkloadReference: MemoryUsage] = [:]
        /// The one seen last comes last.
        var order: [WorkloadReference] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Adds what a look saw, and returns all that is known of the workload that it is about.
    func add(_ usage: MemoryUsage, of snapshot: Snapshot) -> MemoryUsage {
        guard let workload = Subject(snapshot).workload?.reference else { return usage }
        return state.withLock { state in
            let all = (state.usages[workload] ?? MemoryUsage()).adding(usage)
            state.usages[workload] = all
            state.order.removeAll { $0 == workload }
            state.order.append(workload)
            if state.order.count > Self.maximumWorkloads { state.usages[state.order.removeFirst()] = nil }
            return all
        }
    }
}
