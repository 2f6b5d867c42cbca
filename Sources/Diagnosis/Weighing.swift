import FoundationEssentials
import Kubernetes

/// How sure a cause is, and what speaks against it.
enum Weighing {
    /// What the API server, the kubelet or the scheduler says in so many words.
    private static let stated: Set<CauseID> = [
        .scaledToZero, .zeroOnPurpose, .imageInvalid, .imageNever, .imageNotFound, .badCommand, .configMapMissing,
        .secretMissing, .serviceAccountMissing, .securityContext, .quotaExceeded, .limitRange, .nodeSelector, .taint,
        .requestTooBig, .ghostNode, .rolloutPaused, .forbidden, .jobFailed, .suspended, .nodeDrained, .webhookDown,
        .claimPending, .volumeElsewhere,
        .autoscalerMaxed, .autoscalerBlind, .metricsDown, .budgetBlocks, .oomLimitCut, .antiAffinity,
        .nodeFull,
        .beingDeleted, .podRejected, .volumeNotMounted, .sandboxFailed, .podStuckLeaving, .hostPort, .podAffinity,
        .topologySpread,
    ]
    /// How long somebody who changes something may still be at it, in seconds.
    private static let moment: Double = 30
    /// What a start that fails for good looks like at first, too.
    private static let early: Set<CauseID> = [.crashTransient, .slowStart]

    /// What speaks against a cause, in sentences.
    static func against(_ cause: Cause, _ subject: Subject) -> [String] {
        var points: [String] = []
        if cause.introducedByRevision {
            let sound = subject.currentPods.filter { pod in
                pod.isReady && !cause.pods.contains { $0.name == pod.name }
            }
            if let pod = sound.first { points.append("\(pod.reference) of the same revision is Ready.") }
        }
        if cause.id == .imageRegistryDown, !isPullExplained(cause, subject) {
            points.append("Nothing that was read says why the pull failed.")
        }
        // What keeps an autoscaler or a drain from going on leaves the service as it is.
        let isLatent = cause.id.isOfScaling || cause.hint == .drain
        if subject.snapshot.answer?.kind == .ok, !isLatent { points.append("The service answers.") }
        let isCrash = [.crashNewRevision, .crashOnlyRevision].contains(cause.id)
        if isCrash, cause.pods.allSatisfy({ pod in !subject.snapshot.logs.contains { $0.pod == pod.name } }) {
            points.append("No log was read that says why the process ends.")
        }
        if cause.introducedByRevision, let hint = cause.hint, hint.isOutside {
            points.append("Its log speaks of something that no pod template holds (\(hint.rawValue)).")
        }
        if cause.introducedByRevision, [.crashNewRevision, .initCrashes, .livenessWrong].contains(cause.id),
            let born = subject.history?.current?.createdAt,
            let change = Change.configuration(of: subject).first(where: { $0.time.map { $0 > born } ?? false })
        {
            points.append("After the revision came, what it reads was changed: \(change.words(at: subject.now)).")
        }
        if cause.id == .networkPolicy,
            let policy = subject.snapshot.networkPolicies.first(where: {
                $0.name == cause.object.name
            }), let changed = policy.lastChange, subject.age(changed) ?? 0 > 86_400
        {
            points.append("\(policy.reference) has been as it is for more than a day.")
        }
        if cause.id == .scaledToZero, let event = ScaleRule.lastScaleDown(subject),
            let age = subject.age(event.lastSeen), age < Self.moment
        {
            points.append("It was scaled down only \(Int(age)) s ago; whoever did it may mean it.")
        }
        if cause.id == .hang, subject.snapshot.unread.contains(where: { $0.resource.hasSuffix("networkpolicies") }) {
            points.append("NetworkPolicies could not be read; one could keep requests from the pods.")
        }
        return points
    }

    private static func isPullExplained(_ cause: Cause, _ subject: Subject) -> Bool {
        cause.pods.contains { pod in
            let statuses = subject.livePods.first { $0.name == pod.name }?.status
            let all = (statuses?.initContainerStatuses ?? []) + (statuses?.containerStatuses ?? [])
            return subject.events(of: pod).contains { $0.text.hasPrefix("Failed to pull image") }
                || all.contains { ($0.state?.waiting?.message ?? "").contains("rpc error") }
                || all.contains { $0.state?.waiting?.reason == "RegistryUnavailable" }
        }
    }

    private static func base(of cause: CauseID, _ subject: Subject) -> Double {
        if stated.contains(cause) { return 0.95 }
        // Before a pod of the new template has shown that it can be Ready, a rollout that is going to fail looks alike.
        if cause == .rolloutRunning, !subject.currentPods.contains(where: \.isReady) { return 0.3 }
        return early.contains(cause) ? 0.3 : 0.9
    }

    static func confidence(_ cause: Cause, against: [String], _ subject: Subject) -> Double {
        let base = base(of: cause.id, subject)
        // In hundredths, so that it prints as it is meant.
        return max(0.3, ((base - 0.1 * Double(against.count)) * 100).rounded() / 100)
    }
}
