public import Diagnosis
import FoundationEssentials
import Kubernetes

/// Looking, judging, and deciding what comes next.
extension HealingMachine {
    mutating func onObserved(_ fresh: Snapshot, _ now: Date) -> [HealingEffect] {
        isObserving = false
        unreadableReads = 0
        var fresh = fresh
        fresh.recall(remembered)
        snapshot = fresh
        var effects: [HealingEffect] = []
        if mustObserveAgain {
            mustObserveAgain = false
            effects += observe(now)
            // This read may have begun before the write whose answer is missing: the next one tells.
            if unansweredWrite != nil { return effects }
        }
        if let plan = unansweredWrite {
            unansweredWrite = nil
            if plan.write?.isDone(in: fresh) == true { return effects + onWritten(of: plan, now) }
        }
        switch state {
        case .observing(let doubt): return effects + judge(fresh, doubt, now)
        case .waiting: return effects + judge(fresh, Doubt(), now)
        case .reassuring(let plan, let look, let since): return effects + reassured(plan, look, fresh, since, now)
        case .verifying(let verification): return effects + check(verification, fresh, now)
        case .leasing, .writing, .ended: return effects
        }
    }

    /// Nothing is known about the cluster: every action is held until it can be read again.
    mutating func onUnreadable(_ error: APIError, _ now: Date) -> [HealingEffect] {
        isObserving = false
        mustObserveAgain = false
        if error.status?.code == 401 {
            return finish(
                HealingOutcome(
                    kind: writes.isEmpty ? .escalated : .failed, cause: .forbidden, action: .escalate,
                    diagnosis: "\(error)",
                    message: writes.isEmpty
                        ? "Nothing was changed."
                        : writes.map(\.summary).joined(separator: "; then ") + "; whether that helped cannot be seen",
                    recommendation: "Renew the credentials (kubeconfig or service account token) and ask again."))
        }
        unreadableReads += 1
        wake(in: min(2, 0.1 * Double(1 << min(unreadableReads, 5))), now)
        return say("The API server gives no answer (\(error)); holding every action until it does")
    }

    /// Objects first: an answer may be older than what they show, and only explains what they leave open.
    mutating func judge(_ fresh: Snapshot, _ doubt: Doubt, _ now: Date) -> [HealingEffect] {
        var objects = fresh
        objects.answer = nil
        let verdict = Diagnostician.diagnose(objects)
        self.verdict = verdict
        var effects = watch(verdict.target)
        let progress = RolloutProgress(of: verdict.target, service: service, in: fresh)
        guard let cause = verdict.cause else {
            if verdict.healthy || progress.isReachable {
                riddleSince = nil
                state = .observing(doubt: doubt)
                return effects + probe(deep: reported?.kind == .timeout)
            }
            let patience = isInMotion(objects) ? Self.startDelay : Self.controllerDelay
            guard hasLasted(patience, since: \.riddleSince, now) else {
                state = .observing(doubt: doubt)
                wake(in: 0.5, now)
                return effects
            }
            return effects + decide(verdict, fresh, now)
        }
        riddleSince = nil
        let isLatent = Self.mayServe(cause, objects)
        if policy.tellsWhileServing, isLatent { return effects + decide(verdict, fresh, now) }
        if isLatent || Self.asksFirst.contains(cause.id) {
            state = .observing(doubt: doubt)
            return effects + probe(deep: cause.id == .hang || reported?.kind == .timeout)
        }
        effects += decide(verdict, fresh, now)
        if case .waiting = state, progress.isReachable { effects += probe(deep: reported?.kind == .timeout) }
        return effects
    }

    /// The time within which every controller has certainly seen a change, in seconds: a pod may be Ready and not yet
    /// among the endpoints, which nothing explains.
    private static let controllerDelay = 5.0
    /// The time within which a new pod shows what is wrong with it, in seconds: its first crash or failed pull.
    private static let startDelay = 20.0

    /// Causes that rest on how the service answered and not on objects alone.
    private static let asksFirst: Set<CauseID> = [.hang, .serviceTargetPort, .budgetBlocks]

    /// Whether the service may well answer while it lasts: an autoscaler's trouble, or a machine's under Ready pods.
    private static func mayServe(_ cause: Cause, _ objects: Snapshot) -> Bool {
        switch cause.id {
        case _ where cause.id.isOfScaling || cause.hint == .drain: return true
        case .nodeNotReady, .runtimeDown, .diskPressure, .memoryPressure:
            let subject = Subject(objects)
            return subject.workload.map { $0.desired > 0 && subject.readyCount >= $0.desired } ?? false
        default: return false
        }
    }

    private mutating func watch(_ workload: WorkloadReference) -> [HealingEffect] {
        guard !isWatching else { return [] }
        isWatching = true
        return [.watch(workload)]
    }

    mutating func onAnswered(
        _ answer: ServiceAnswer, _ pods: [String: ServiceAnswer], _ now: Date
    ) -> [HealingEffect] {
        isProbing = false
        if answer.kind == .forbidden, isIdle { return onUnasked(answer, now) }
        let effective = Self.effective(answer, pods)
        switch state {
        case .verifying(let verification):
            guard let plan = planAfterReplacement(verification, effective, pods) else {
                return check(verification, answered: effective, now)
            }
            guard let write = plan.write else { return onEarlySilence(verification, effective, now) }
            return send(write, of: plan, seen: snapshot?.answered(effective, pods))
        case .waiting(let plan):
            // Older pods answer while the fault stays: who asked needs no repair then, but one that is put off is due.
            let isDue = policy.tellsWhileServing && plan.withheld != nil
            if effective.kind == .ok, !isDue {
                return recovered(plan.detail, now, hasAnswered: effective != .withoutService)
            }
            // Nobody waits for a service that answers.
            wake(in: effective.kind == .ok ? 5 : 1, now)
            return []
        case .observing(let doubt): return weigh(effective, pods, doubt, now)
        case .leasing, .reassuring, .writing, .ended: return []
        }
    }

    /// Whether an answer counts now: not before that of a write, and not after the end.
    private var isIdle: Bool {
        switch state {
        case .observing, .waiting, .verifying: true
        case .leasing, .reassuring, .writing, .ended: false
        }
    }

    /// Nothing can be proven without an answer, and nothing is taken back for the want of one.
    private mutating func onUnasked(_ answer: ServiceAnswer, _ now: Date) -> [HealingEffect] {
        guard hasLasted(Self.rolesAreRead, since: \.refusedSince, now) else {
            wake(in: 0.5, now)
            return []
        }
        return finish(
            HealingOutcome(
                kind: writes.isEmpty ? .escalated : .failed, cause: .forbidden, action: .escalate,
                diagnosis: diagnosisSoFar,
                message: writes.isEmpty
                    ? "Nothing was changed; whether \(service) answers cannot be seen"
                    : writes.map(\.summary).joined(separator: "; then ") + "; whether that helped cannot be seen",
                recommendation: answer.message))
    }

    /// A service one of whose pods keeps silent does not answer well, though the others do.
    public static func effective(_ answer: ServiceAnswer, _ pods: [String: ServiceAnswer]) -> ServiceAnswer {
        let worst = pods.sorted { $0.key < $1.key }.first { $0.value.kind == .timeout }?.value
        return answer.kind == .ok ? worst ?? answer : answer
    }

    /// One bad answer may be older than the objects: kube-proxy follows the endpoints with up to a second's delay.
    private mutating func weigh(
        _ answer: ServiceAnswer, _ pods: [String: ServiceAnswer], _ doubt: Doubt, _ now: Date
    ) -> [HealingEffect] {
        if answer.kind == .ok { return recovered(nil, now, hasAnswered: answer != .withoutService) }
        var doubt = doubt
        doubt.failures += 1
        let since = doubt.since ?? now
        doubt.since = since
        let isConfirmed =
            doubt.failures > 1 && now.timeIntervalSince(since) >= (answer.kind == .timeout ? 0 : Self.proxyDelay)
        guard isConfirmed, var snapshot else {
            state = .observing(doubt: doubt)
            wake(in: min(0.5, 0.1 * Double(doubt.failures)), now)
            return say("The objects look fine and the service does not answer (\(answer.message)); asking again")
        }
        snapshot = snapshot.answered(answer, pods)
        if !hasLookedFurther, !snapshot.neededReads.isEmpty {
            hasLookedFurther = true
            state = .observing(doubt: doubt)
            return observe(now)
        }
        let verdict = Diagnostician.diagnose(snapshot)
        self.verdict = verdict
        return decide(verdict, snapshot, now)
    }

    /// The time within which kube-proxy has certainly seen a change of endpoints.
    private static let proxyDelay = 1.5

    private mutating func decide(_ verdict: Verdict, _ snapshot: Snapshot, _ now: Date) -> [HealingEffect] {
        let plan = Planner.plan(
            for: verdict, snapshot: snapshot, policy: policy, remembered: remembered)
        let isNew = isNewDecision(verdict, plan)
        var effects: [HealingEffect] = []
        if isNew, let cause = verdict.cause { effects += say("Cause: \(cause.id.rawValue) - \(cause.summary)") }
        if verdict.cause?.id == .forbidden, !hasLasted(Self.rolesAreRead, since: \.refusedSince, now) {
            state = .observing(doubt: Doubt())
            wake(in: 0.5, now)
            return effects
        }
        guard let write = plan.write else {
            // What answers meanwhile gives no sign by which a wait could end: a person is told now.
            let isTold = policy.tellsWhileServing && verdict.cause.map { Self.mayServe($0, snapshot) } ?? false
            if plan.action == .wait, !isTold {
                state = .waiting(plan)
                wake(at: min(plan.waitUntil ?? .distantFuture, now.addingTimeInterval(5)))
                return effects + (isNew ? say(plan.detail) : [])
            }
            if plan.action == .none, verdict.healthy { return effects + recovered(nil, now) }
            return effects + finish(escalation(plan, verdict))
        }
        guard allows(write) else { return effects + finish(exhausted(plan, verdict)) }
        // What could no longer be verified is not begun.
        guard deadline.timeIntervalSince(now) > 0.05 * policy.deadline.inSeconds else { return effects + timeOut() }
        return effects + send(write, of: plan, seen: snapshot)
    }

    /// Whether a look leads to anything but the look before did. It is told once: every look comes to it anew, and how
    /// long it has lasted by then is not worth a word.
    private mutating func isNewDecision(_ verdict: Verdict, _ plan: Plan) -> Bool {
        let words = "\(verdict.cause?.summary ?? "") \(plan.detail)".filter { !$0.isNumber }
        let decision = Decision(cause: verdict.cause?.id, action: plan.action, words: words)
        defer { lastDecision = decision }
        return decision != lastDecision
    }

    /// How long a refusal must last before it is believed, in seconds: an API server that has just started refuses what
    /// it grants a moment later, until it has read its roles.
    private static let rolesAreRead = 5.0

    private func escalation(_ plan: Plan, _ verdict: Verdict) -> HealingOutcome {
        HealingOutcome(
            kind: writes.isEmpty ? .escalated : .failed, cause: verdict.cause?.id, action: plan.action,
            diagnosis: verdict.cause?.summary ?? verdict.findings.first?.message ?? "the cause is not known",
            message: plan.detail, recommendation: plan.advice.map { $0 + unseen(verdict) })
    }

    /// A person who is to decide is told what Cortex did not see when it gave up.
    private func unseen(_ verdict: Verdict) -> String {
        let rules = (snapshot?.unread ?? []).filter(\.isForbidden).map { MissingRule($0) }
        guard verdict.cause?.id != .forbidden, !rules.isEmpty else { return "" }
        return " It might be told better: " + rules.map(\.notice).joined(separator: " ")
    }

    private func exhausted(_ plan: Plan, _ verdict: Verdict) -> HealingOutcome {
        HealingOutcome(
            kind: .failed, cause: verdict.cause?.id, action: .escalate,
            diagnosis: verdict.cause?.summary ?? "the cause is not known",
            message: "The same repair would be needed again after \(writes.count) changes; Cortex stops here.",
            recommendation: plan.advice ?? "Look at it by hand: cortex diagnose \(service) -n \(namespace)")
    }

    private mutating func recovered(
        _ detail: String?, _ now: Date, hasAnswered: Bool = true
    ) -> [HealingEffect] {
        if let verification = lastVerification {
            // After a write one good answer is not enough: readiness and the settle time decide.
            state = .verifying(verification)
            return observe(now)
        }
        return finish(
            HealingOutcome(
                kind: .recovered, cause: verdict?.cause?.id, action: verdict?.cause == nil ? .none : .wait,
                diagnosis: verdict?.cause?.summary ?? "healthy",
                message: (hasAnswered ? "\(service) answers" : ServiceAnswer.withoutService.message)
                    + "; nothing was changed" + (detail.map { " (\($0))" } ?? "")))
    }

    mutating func timeOut() -> [HealingEffect] {
        if case .writing(let plan) = state { unansweredWrite = plan }
        return timeOut(unanswered: unansweredWrite != nil)
    }

    private mutating func timeOut(unanswered: Bool) -> [HealingEffect] {
        var message = "\(service) did not answer again within \(timeGiven); "
        if case .waiting(let plan) = state, plan.withheld != nil { message = "\(plan.detail); " }
        return finish(
            HealingOutcome(
                kind: writes.isEmpty ? .escalated : .failed, cause: verdict?.cause?.id, action: .escalate,
                diagnosis: diagnosisSoFar,
                message: message
                    + (unanswered
                        ? "a change may have been made"
                        : writes.isEmpty ? "nothing was changed" : writes.map(\.summary).joined(separator: "; then ")),
                recommendation: waitingAdvice ?? "Look at it by hand: cortex diagnose \(service) -n \(namespace)"))
    }

    /// `116 s (4 s of the 120 s given are kept for this report)`.
    private var timeGiven: String {
        let (own, kept) = (policy.deadline.inWords, policy.reserve)
        guard kept > .zero else { return own }
        let given = policy.deadline + kept
        return "\(own) (\(kept.inWords) of the \(given.inWords) given are kept for this report)"
    }

    /// What a person can do about what Cortex waited for in vain.
    private var waitingAdvice: String? {
        if case .waiting(let plan) = state { plan.advice } else { nil }
    }
}
