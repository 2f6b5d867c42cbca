import FoundationEssentials
import Kubernetes

/// One container that keeps its pod from being Ready, or that keeps ending although the pod is Ready at the moment.
struct ContainerTrouble {
    var pod: Pod
    var status: ContainerStatus
    var isInit: Bool

    var waiting: ContainerStatus.State.Waiting? { status.state?.waiting }
    /// How it last ended, if it ever did.
    var ended: ContainerStatus.State.Terminated? { status.state?.terminated ?? status.lastState?.terminated }
    var spec: Container? { pod.spec.allContainers.first { $0.name == status.name } }

    /// The first container that holds the pod up: init containers run in order and hold up all that follows.
    static func first(of pod: Pod, now: Date) -> ContainerTrouble? {
        for status in pod.status?.initContainerStatuses ?? [] {
            let isSidecar = pod.spec.initContainers?.first { $0.name == status.name }?.restartPolicy == "Always"
            let isDone = isSidecar ? status.started ?? status.ready : status.state?.terminated?.exitCode == 0
            if !isDone { return ContainerTrouble(pod: pod, status: status, isInit: true) }
        }
        let all = (pod.status?.containerStatuses ?? []).map { ContainerTrouble(pod: pod, status: $0, isInit: false) }
        // Of several the one that tells most: one that cannot start or has ended before one that merely is not ready.
        return all.first { !$0.status.ready && ($0.hasEnded || $0.isBlocked) } ?? all.first { !$0.status.ready }
            ?? all.first { $0.isUnstable(now: now) }
    }

    /// It cannot start, or has ended and waits for its next try.
    var isStuck: Bool { isBlocked || hasEnded && status.state?.running == nil }

    /// It is more than young: it cannot start, has ended, or was ready before.
    var fails: Bool { isBlocked || hasEnded || wasReady }

    private var hasEnded: Bool { ended != nil }
    private var isBlocked: Bool {
        guard let reason = waiting?.reason else { return false }
        return reason != "ContainerCreating" && reason != "PodInitializing"
    }

    /// Ready at the moment, but it has ended three times or more and has not yet run for longer than it lasted
    /// before: between two crashes a pod looks well.
    func isUnstable(now: Date) -> Bool {
        guard status.restartCount >= 3, let ended, ended.finishedAt != nil, let running = status.state?.running else {
            return false
        }
        let uptime = running.startedAt.map { now.timeIntervalSince($0) } ?? 0
        return uptime < min(300, max(30, 2 * ended.lifetime))
    }

    /// It has ended before, but has been running for so long since that what ails it now is something else.
    func isPastItsCrash(now: Date) -> Bool {
        guard let started = status.state?.running?.startedAt else { return false }
        return now.timeIntervalSince(started) > max(120, 2 * (ended?.lifetime ?? 0))
    }

    /// It runs and its readiness was taken away: the condition changed clearly later than the container started.
    var wasReady: Bool {
        guard let started = status.state?.running?.startedAt,
            let changed = pod.status?.conditions?.first(where: { $0.type == "Ready" })?.lastTransitionTime
        else { return false }
        return changed.timeIntervalSince(started) > 1
    }

    func evidence(_ field: String, _ value: String?, _ time: Date? = nil) -> Evidence {
        let list = isInit ? "initContainerStatuses" : "containerStatuses"
        return Evidence(
            object: pod.reference, field: "status.\(list)[\(status.name)].\(field)",
            value: Redaction.line(value ?? ""), time: time)
    }
}
