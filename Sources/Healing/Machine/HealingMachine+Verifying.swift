import Diagnosis
import FoundationEssentials
import Kubernetes

/// Writing, proving that it helped, and taking back what did not.
extension HealingMachine {
    mutating func onWritten(_ now: Date) -> [HealingEffect] {
        guard case .writing(let plan) = state else { return [] }
        return onWritten(of: plan, now)
    }

    mutating func onWritten(of plan: Plan, _ now: Date) -> [HealingEffect] {
        guard let write = plan.write else { return [] }
        let record = HealingEffect.record(object: write.object, reason: write.eventReason, message: plan.detail)
        if let reason = undoReason { return [record] + finish(failure("\(reason); it was taken back", nil)) }
        writes.append(write)
        let verification = Verification(
            plan: plan, writtenAt: now, readyBefore: snapshot.map { readyPods(in: $0) } ?? 0)
        lastVerification = verification
        state = .verifying(verification)
        return [record] + observe(now)
    }

    mutating func onRefused(_ error: APIError, _ now: Date) -> [HealingEffect] {
        guard case .writing(let plan) = state, let write = plan.write else { return [] }
        if let reason = undoReason {
            if RetryPolicy.isAmbiguous(error) { unansweredWrite = plan }
            return finish(failure("\(reason), and it could not be taken back (\(error))", plan.advice))
        }
        state = .observing(doubt: Doubt())
        switch error {
        case .unknown:
            unansweredWrite = plan
            return say("No answer to the change (\(error)); looking at what became of it") + observe(now)
        case .unreachable, .invalidResponse, .cancelled:
            wake(in: 0.5, now)
            return say("The change did not reach the API server (\(error)); looking again")
        case .status(let status):
            return onRefused(status, plan, write, now)
        }
    }

    private mutating func onRefused(
        _ status: APIStatus, _ plan: Plan, _ write: ClusterWrite, _ now: Date
    ) -> [HealingEffect] {
        let message = status.message ?? status.reason ?? "HTTP \(status.code)"
        switch status.code {
        case 409, 404:
            // Somebody else changed it first: the new state decides.
            return say("\(write.object) changed meanwhile; looking again") + observe(now)
        case 429 where write.isEviction:
            state = .waiting(
                Plan(.wait, write.object, detail: "A PodDisruptionBudget does not allow the eviction now: \(message)"))
            wake(in: 2, now)
            return say("A PodDisruptionBudget does not allow the eviction of \(write.object) now; waiting")
        case 500...599: return onServerFailure(status, message, plan, write, now)
        case 429:
            wake(in: Double(status.details?.retryAfterSeconds ?? 1), now)
            return say("The API server does not take the change now (\(message)); waiting")
        case 403:
            let rule = MissingRule(write)
            let isQuotaOrPolicy = !message.contains("cannot \(rule.verb) resource")
            return finish(
                HealingOutcome(
                    kind: .escalated, cause: isQuotaOrPolicy ? verdict?.cause?.id : .forbidden, action: .escalate,
                    diagnosis: diagnosisSoFar,
                    message: isQuotaOrPolicy
                        ? "The API server refused the change: \(message)"
                        : "Cortex may not \(rule.description), which \(plan.action.rawValue) needs: \(message)",
                    recommendation: isQuotaOrPolicy
                        ? "See who forbids it, then: \(plan.advice ?? plan.detail)" : rule.advice))
        default:
            return finish(
                HealingOutcome(
                    kind: .escalated, cause: verdict?.cause?.id, action: .escalate, diagnosis: diagnosisSoFar,
                    message: "The API server refused the change: \(message)", recommendation: plan.advice))
        }
    }

    mutating func check(_ old: Verification, _ fresh: Snapshot, _ now: Date) -> [HealingEffect] {
        var verification = old
        let progress = RolloutProgress(of: target(fresh), service: service, in: fresh)
        let isReachable = progress.isReachable
        verification.isComplete = progress.isComplete
        verification.isObserved = progress.isObserved
        verification.ready = progress.ready
        verification.completeSince = progress.isComplete ? old.completeSince ?? now : nil
        verification.isReachable = isReachable
        if !isReachable { verification.answeringSince = nil }
        state = .verifying(verification)
        var effects = say("\(progress.summary)\(isReachable ? "" : "; no address answers yet")")
        if let next = worsened(verification, fresh, now) { return effects + next }
        if isReachable { effects += probe(deep: reported?.kind == .timeout) }
        let limit = verification.writtenAt.addingTimeInterval(policy.rolloutTimeout.inSeconds)
        wake(at: max(limit, now.addingTimeInterval(2)))
        return effects + giveUpIfLate(verification, now)
    }

    /// What had an address at the last look is asked beside the next one: kube-proxy follows the endpoints a little
    /// later, and no object shows when. Not where each pod is asked: the last look may hold one that is gone.
    mutating func askAgain() -> [HealingEffect] {
        guard case .verifying = state, let snapshot, reported?.kind != .timeout,
            RolloutProgress(of: target(snapshot), service: service, in: snapshot).isReachable
        else { return [] }
        return probe(deep: false)
    }

    mutating func check(
        _ old: Verification, answered answer: ServiceAnswer, _ now: Date
    ) -> [HealingEffect] {
        var verification = old
        verification.lastAnswer = answer.message
        guard answer.kind == .ok else {
            verification.answeringSince = nil
            verification.failedAnswers += 1
            state = .verifying(verification)
            if let next = nextRepair(verification, answer, now) { return next }
            wake(in: min(1, 0.05 * Double(verification.failedAnswers)), now)
            return giveUpIfLate(verification, now)
        }
        verification.failedAnswers = 0
        let since = old.answeringSince ?? now
        verification.answeringSince = since
        state = .verifying(verification)
        let held = since.addingTimeInterval(settle(of: verification.plan))
        if now >= held, verification.isComplete || isServing(verification, now) {
            let rest = verification.isComplete ? "" : "; \(lastSaid), the last ones are starting"
            return finish(
                HealingOutcome(
                    kind: .healed, cause: verdict?.cause?.id, action: verification.plan.action,
                    diagnosis: diagnosisSoFar,
                    message: writes.map(\.summary).joined(separator: "; then ") + rest, recommendation: nil))
        }
        wake(
            at: verification.isComplete || policy.endsWhenServing
                ? max(held, now) : max(held, now.addingTimeInterval(1)))
        return []
    }

    /// All that is missing are more pods of what answers already: whoever needs an answer has waited long enough.
    private func isServing(_ verification: Verification, _ now: Date) -> Bool {
        guard policy.endsWhenServing, verification.isObserved, isStillStarting(now) else { return false }
        switch verification.plan.action {
        case .scale, .rollback: return true
        default: return false
        }
    }

    /// What comes after a replaced pod that did not help: the next one that hangs as that one did, one at a time, so
    /// the one before is Ready; or to wait, since a pod that became Ready only now may need a moment. Nil for neither.
    func planAfterReplacement(
        _ verification: Verification, _ answer: ServiceAnswer, _ pods: [String: ServiceAnswer]
    ) -> Plan? {
        guard verification.plan.action == .replace, verification.isComplete, verification.failedAnswers > 0,
            answer.kind == .timeout, var snapshot
        else { return nil }
        snapshot = snapshot.answered(answer, pods)
        let plan = Planner.plan(
            for: Diagnostician.diagnose(snapshot), snapshot: snapshot, policy: policy, remembered: remembered)
        switch plan.action {
        case .wait: return plan
        case .replace: return plan.write.map { allows($0) } == true ? plan : nil
        case .none, .escalate, .scale, .restart, .rollback, .memory, .repair: return nil
        }
    }

    /// A silence that says nothing yet: it is asked again.
    mutating func onEarlySilence(_ old: Verification, _ answer: ServiceAnswer, _ now: Date) -> [HealingEffect] {
        var verification = old
        verification.lastAnswer = answer.message
        verification.answeringSince = nil
        state = .verifying(verification)
        wake(in: 1, now)
        return []
    }

    /// A second fault that only the answer shows once the first is gone: the way to pods that are Ready by now.
    private mutating func nextRepair(
        _ verification: Verification, _ answer: ServiceAnswer, _ now: Date
    ) -> [HealingEffect]? {
        guard verification.failedAnswers > 1, let since = verification.completeSince,
            now.timeIntervalSince(since) >= Self.rolloutStart, var snapshot
        else { return nil }
        snapshot.answer = answer
        let next = Diagnostician.diagnose(snapshot)
        let plan = Planner.plan(for: next, snapshot: snapshot, policy: policy, remembered: remembered)
        guard plan.action == .repair, let cause = next.cause, let write = plan.write, allows(write) else { return nil }
        verdict = next
        return say("Cause: \(cause.id.rawValue) - \(cause.summary)") + send(write, of: plan, seen: snapshot)
    }

    /// A new process is watched for longer than one that ran before.
    private func settle(of plan: Plan) -> Double {
        switch plan.action {
        case .restart, .replace: max(1, policy.settle.inSeconds)
        // What was killed for want of memory was killed a while after it had answered.
        case .memory: max(10, policy.settle.inSeconds)
        case .scale, .rollback, .repair:
            // Whoever waits asks the very next moment: that call is the proof after this one.
            policy.endsWhenServing ? min(0.1, policy.settle.inSeconds) : policy.settle.inSeconds
        case .wait, .none, .escalate: policy.settle.inSeconds
        }
    }

    /// A fault that only shows after the write: another cause gets its own plan, a hopeless one ends the healing.
    private mutating func worsened(
        _ verification: Verification, _ fresh: Snapshot, _ now: Date
    ) -> [HealingEffect]? {
        guard now.timeIntervalSince(verification.writtenAt) >= Self.rolloutStart else { return nil }
        let before = verdict
        var objects = fresh
        objects.answer = nil
        let verdict = Diagnostician.diagnose(objects)
        guard let cause = verdict.cause, !Self.saysLittle(cause.id) else { return forgive(verification) }
        let plan = Planner.plan(
            for: verdict, snapshot: objects, policy: policy, remembered: remembered)
        switch plan.action {
        case .wait, .none: return forgive(verification)
        case .escalate, .scale, .restart, .replace, .rollback, .memory, .repair: break
        }
        if let write = plan.write, allows(write) {
            self.verdict = verdict
            return say("Cause: \(cause.id.rawValue) - \(cause.summary)") + send(write, of: plan, seen: fresh)
        }
        self.verdict = before
        // A shortage may pass while old pods end; a fault that stays ends the healing.
        var troubled = verification
        if troubled.trouble?.cause != cause.id { troubled.trouble = Verification.Trouble(cause: cause.id, since: now) }
        state = .verifying(troubled)
        guard let since = troubled.trouble?.since, now.timeIntervalSince(since) >= Self.patience else { return nil }
        // A look that is older than the write, from a cache that lags, says nothing about it.
        guard verification.plan.write?.isDone(in: fresh) != false else { return nil }
        return fail(verification, reason: cause.summary, advice: plan.advice, now)
    }

    /// Nothing is wrong any more: a trouble that comes back counts from then.
    private mutating func forgive(_ verification: Verification) -> [HealingEffect]? {
        var calm = verification
        calm.trouble = nil
        state = .verifying(calm)
        return nil
    }

    /// How long a fault that appears after the write must stay before it ends the healing, in seconds.
    static let patience = 10.0

    /// Causes that a rollout on its way shows as well: the rollout's own time tells, and the service's answer.
    private static func saysLittle(_ cause: CauseID) -> Bool {
        [.hang, .serviceTargetPort, .rolloutStuck].contains(cause)
    }

    /// How long the controllers may take to show what a write led to, in seconds.
    static let rolloutStart = 3.0

    private mutating func giveUpIfLate(_ verification: Verification, _ now: Date) -> [HealingEffect] {
        let limit =
            verification.completeSince?.addingTimeInterval(policy.probeTimeout.inSeconds)
            ?? verification.writtenAt.addingTimeInterval(policy.rolloutTimeout.inSeconds)
        // What answers now is held for its settle time, which may end after the limit.
        guard now >= limit, verification.isComplete ? isRefuted(verification) : !isStillStarting(now) else { return [] }
        let reason =
            verification.isComplete
            ? "the workload is ready and \(service) does not answer (\(verification.lastAnswer ?? "not asked yet"))"
            : "the workload did not become ready in time (\(lastSaid))"
        return fail(verification, reason: reason, advice: nil, now)
    }

    /// Where pods are replaced one by one, a silence may be another pod's, which is next: that is told by the second
    /// answer, and no question is cut short.
    private func isRefuted(_ verification: Verification) -> Bool {
        guard verification.answeringSince == nil else { return false }
        // Its address was seen only now: the question that goes with this look tells.
        if verification.isReachable, verification.lastAnswer == nil { return false }
        return verification.plan.action != .replace || !isProbing && verification.failedAnswers > 1
    }

    /// A slow node is no failure: what still starts, and shows no fault, has until the healing's own deadline.
    private func isStillStarting(_ now: Date) -> Bool {
        guard var objects = snapshot, now < deadline else { return false }
        objects.answer = nil
        switch Diagnostician.diagnose(objects).cause?.id {
        case .slowStart, .rolloutRunning, .rolloutStuck, .podDeleted, .crashTransient, .dependencyDown: return true
        default: return false
        }
    }

    /// Ends the healing as failed; first takes the write back when it made things worse.
    private mutating func fail(
        _ verification: Verification, reason: String, advice: String?, _ now: Date
    ) -> [HealingEffect] {
        let isWorse = verification.ready < verification.readyBefore
        if let undo = verification.plan.undo, let fresh = snapshot, let write = undo.rebound(to: fresh),
            isWorse || verification.answeringSince == nil,
            verification.plan.write?.isDone(in: fresh) == true  // else somebody changed it again, and meant it
        {
            let detail = "It did not help (\(reason)); taking it back"
            undoReason = reason
            state = .writing(Plan(verification.plan.action, write.object, detail: detail, advice: advice, write: write))
            // Bound to what is to be undone, and due whoever else has come meanwhile.
            return say(detail) + [.write(write)]
        }
        return finish(failure(reason, advice))
    }

    private func failure(_ reason: String, _ advice: String?) -> HealingOutcome {
        HealingOutcome(
            kind: .failed, cause: verdict?.cause?.id, action: writes.last?.action ?? .escalate,
            diagnosis: diagnosisSoFar,
            message: writes.map(\.summary).joined(separator: "; then ") + ", but " + reason,
            recommendation: advice ?? "Look at it by hand: cortex diagnose \(service) -n \(namespace)")
    }

    private func target(_ fresh: Snapshot) -> WorkloadReference {
        verdict?.target ?? WorkloadReference(kind: .service, namespace: namespace, name: service)
    }

    private func readyPods(in snapshot: Snapshot) -> Int {
        RolloutProgress(of: target(snapshot), service: service, in: snapshot).ready
    }
}
