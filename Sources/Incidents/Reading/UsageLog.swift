import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Synchronization

/// What was seen of the memory of containers, at looks and in between, so that it makes a curve. Bounded: so many
/// workloads, and of each so many samples as `MemoryUsage` keeps.
public final class UsageLog: Sendable {
    /// Workloads that are kept; the one that was seen longest ago makes room.
    private static let maximumWorkloads = 512
    /// Pods of one workload that are measured between looks: of more there would be no curve, only a moment of each.
    private static let maximumPods = 6

    private struct State {
        var usages: [WorkloadReference: MemoryUsage] = [:]
        /// Counts the additions; the one with the lowest number was seen longest ago.
        var seen: [WorkloadReference: Int] = [:]
        var additions = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Adds what a look saw, and returns all that is known of the workload that it is about.
    func add(_ usage: MemoryUsage, of snapshot: Snapshot) -> MemoryUsage {
        guard let workload = Subject(snapshot).workload?.reference else { return usage }
        return add(usage, of: workload)
    }

    @discardableResult
    func add(_ usage: MemoryUsage, of workload: WorkloadReference) -> MemoryUsage {
        state.withLock { state in
            let all = (state.usages[workload] ?? MemoryUsage()).adding(usage)
            state.usages[workload] = all
            state.additions += 1
            state.seen[workload] = state.additions
            if state.seen.count > Self.maximumWorkloads, let oldest = state.seen.min(by: { $0.value < $1.value })?.key {
                state.usages[oldest] = nil
                state.seen[oldest] = nil
            }
            return all
        }
    }

    /// Adds what the metrics say of these pods.
    func add(_ metrics: [PodMetrics], of pods: [WorkloadReference: [WatchedPod]]) {
        let measured = Dictionary(metrics.map { ($0.name, $0) }) { first, _ in first }
        for (workload, pods) in pods {
            var usage = MemoryUsage()
            // Those that have run longest show best what grows.
            let oldest = pods.sorted { (Self.start(of: $0), $0.name) < (Self.start(of: $1), $1.name) }
            usage.samples = oldest.prefix(Self.maximumPods).flatMap { pod in
                measured[pod.name].map { Self.samples($0, pod) } ?? []
            }
            if !usage.samples.isEmpty { add(usage, of: workload) }
        }
    }

    private static func start(of pod: WatchedPod) -> Date { pod.limited.map(\.startedAt).min() ?? .distantFuture }

    private static func samples(_ metrics: PodMetrics, _ pod: WatchedPod) -> [MemoryUsage.Sample] {
        pod.limited.compactMap { container in
            MemoryUsage.Sample(
                metrics, container: container.name, startedAt: container.startedAt, limit: container.limit)
        }
    }
}
