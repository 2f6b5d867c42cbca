import FoundationEssentials
import Kubernetes

/// A container whose log may say why it fails, and which instance's log that is.
struct FailingContainer: Hashable, Sendable {
    var pod: String
    var name: String
    /// The instance before the last restart.
    var isPrevious: Bool

    /// Those that crashed or keep from being ready, of pods that are not finished, most restarts first.
    static func all(in pods: [Pod]) -> [FailingContainer] {
        let live = pods.filter { $0.metadata.deletionTimestamp == nil && !$0.isTerminal }
        let failing = live.flatMap { pod in
            ((pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])).compactMap {
                status -> (restarts: Int, container: FailingContainer)? in
                guard !status.ready, status.state?.terminated?.exitCode != 0 else { return nil }
                // A container that waits for its next start has its log in the instance that ended.
                let hasEnded = status.lastState?.terminated != nil && status.state?.running == nil
                guard hasEnded || status.state?.running != nil || status.state?.terminated != nil else { return nil }
                let isPrevious = status.lastState?.terminated != nil && status.state?.terminated == nil
                return (status.restartCount, FailingContainer(pod: pod.name, name: status.name, isPrevious: isPrevious))
            }
        }
        return failing.sorted {
            ($0.restarts, $1.container.pod, $1.container.name) > ($1.restarts, $0.container.pod, $0.container.name)
        }.map(\.container)
    }

    /// Those that ended badly in the failed pods of Jobs, the newest pod first.
    static func ofFailedJobs(in pods: [Pod]) -> [FailingContainer] {
        pods.filter { $0.status?.phase == "Failed" && $0.metadata.controller?.kind == "Job" }
            .sorted {
                ($0.metadata.creationTimestamp ?? .distantPast) > ($1.metadata.creationTimestamp ?? .distantPast)
            }
            .flatMap { pod in
                (pod.status?.containerStatuses ?? []).filter { $0.state?.terminated.map { $0.exitCode != 0 } ?? false }
                    .map { FailingContainer(pod: pod.name, name: $0.name, isPrevious: false) }
            }
    }

    /// The containers of these pods that run, of at most two pods: replicas say much the same.
    static func ofReady(_ pods: [Pod]) -> [FailingContainer] {
        pods.prefix(2).flatMap { pod in
            (pod.status?.containerStatuses ?? []).filter { $0.state?.running != nil }
                .map { FailingContainer(pod: pod.name, name: $0.name, isPrevious: false) }
        }
    }
}
