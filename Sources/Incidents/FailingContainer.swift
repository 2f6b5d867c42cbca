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
}
