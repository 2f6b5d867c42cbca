import FoundationEssentials
public import Kubernetes

/// One pod's way from being made to being ready for the first time.
public struct PodStart: Hashable, Sendable {
    public var workload: WorkloadReference
    public var seconds: Double

    /// - Returns: nil where this change is not a first start: the pod was ready before, or a container has ended since.
    public init?(from old: Pod, to new: Pod) {
        guard !old.isReady, old.metadata.uid == new.metadata.uid, !Self.wasReady(old),
            let seconds = Self.seconds(of: new), let workload = WatchedPod.owner(of: new)
        else { return nil }
        self.workload = workload
        self.seconds = seconds
    }

    /// Seconds from being made to being ready; nil while it is not, or where a container has ended since.
    static func seconds(of pod: Pod) -> Double? {
        guard pod.isReady, let made = pod.metadata.creationTimestamp,
            let ready = readiness(of: pod)?.lastTransitionTime,
            (pod.status?.containerStatuses ?? []).allSatisfy({ $0.restartCount == 0 })
        else { return nil }
        return max(0, ready.timeIntervalSince(made))
    }

    /// Its readiness was taken away: the condition changed clearly later than its containers started.
    private static func wasReady(_ pod: Pod) -> Bool {
        let started = (pod.status?.containerStatuses ?? []).compactMap(\.state?.running?.startedAt).max()
        guard let started, let changed = readiness(of: pod)?.lastTransitionTime else { return false }
        return changed.timeIntervalSince(started) > 1
    }

    private static func readiness(of pod: Pod) -> Condition? {
        pod.status?.conditions?.first { $0.type == "Ready" }
    }
}
