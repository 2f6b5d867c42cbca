import Diagnosis
import FoundationEssentials
import Kubernetes

/// How far the pods that are waited for have come, beside how long they usually take.
struct StartProgress {
    /// What the one that has been at it for longest is doing.
    var phase: String
    var begin: Date
    var now: Date
    /// Seconds; nil when no start of the workload was ever seen.
    var usual: Double?
    /// Seconds that a start may take; nil when nothing says what is usual.
    var patience: Double?

    /// Causes that are nothing but a start.
    private static let starts: Set<CauseID> = [.podDeleted, .slowStart, .rolloutRunning]

    /// - Returns: nil where no pod of the cause is starting.
    init?(of cause: Cause, _ context: PlanContext) {
        guard Self.starts.contains(cause.id) else { return nil }
        let subject = Subject(context.snapshot)
        let pods = subject.currentPods.filter { pod in
            !pod.isReady && (cause.pods.isEmpty || cause.pods.contains { $0.name == pod.name })
        }
        let oldest = pods.min {
            $0.metadata.creationTimestamp ?? .distantFuture < $1.metadata.creationTimestamp ?? .distantFuture
        }
        guard let oldest, let made = oldest.metadata.creationTimestamp else { return nil }
        phase = Self.phase(of: oldest, subject)
        begin = made
        now = context.snapshot.takenAt
        // Of its pods that are ready now the quickest tells most: another may have lost its readiness since it started.
        let seen = subject.readyPods.compactMap { PodStart.seconds(of: $0) }.min()
        usual = context.remembered.startTimes[context.workload]?.usual ?? seen
        patience = usual.map { context.policy.patience(usualStart: $0) }
    }

    var seconds: Int { Int(max(0, now.timeIntervalSince(begin))) }

    /// When it is no start any more; nil when nothing says.
    var latest: Date? { patience.map { begin.addingTimeInterval($0) } }

    var isOverdue: Bool { latest.map { now >= $0 } ?? false }

    /// `pulling the image, 8 s so far; its usual start takes 12 s`.
    var words: String { "\(phase), \(seconds) s so far" + usualWords.map { "; \($0)" }.joined() }

    /// `its usual start takes 12 s`; empty when nothing is known.
    var usualWords: [String] { usual.map { ["its usual start takes \(Int($0.rounded(.up))) s"] } ?? [] }

    private static func phase(of pod: Pod, _ subject: Subject) -> String {
        let scheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" }
        if scheduled?.status == "False" || pod.spec.nodeName == nil { return "waiting for a node" }
        if let first = (pod.status?.initContainerStatuses ?? []).first(where: { $0.state?.running != nil && !$0.ready })
        {
            return "running its init container \(first.name)"
        }
        let statuses = pod.status?.containerStatuses ?? []
        guard statuses.isEmpty || statuses.contains(where: { $0.state?.waiting != nil }) else {
            return "started and not ready yet"
        }
        let steps: Set = ["Pulling", "Pulled", "Created", "Started"]
        let last = subject.events(of: pod.reference).last { steps.contains($0.reason ?? "") }
        return last?.reason == "Pulling" ? "pulling the image" : "making its containers"
    }
}
