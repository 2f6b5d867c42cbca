import Diagnosis
import FoundationEssentials
import Kubernetes

/// One healer at a time at a workload. Each write is bound to the state that it was decided on, which keeps two of them
/// from changing one object twice; the lease keeps them from changing two: one pod each, say, where one was enough.
extension HealingMachine {
    /// A write that was decided on: first, where there may be other healers, the lease of the workload.
    /// - Parameter seen: the look that it was decided on, with the answers.
    mutating func send(_ write: ClusterWrite, of plan: Plan, seen: Snapshot?) -> [HealingEffect] {
        guard usesLease, let target = plan.workload ?? verdict?.target, let seen else {
            state = .writing(plan)
            return say(plan.detail) + [.write(write)]
        }
        state = .leasing(plan, seen)
        return [.takeLease(target)]
    }

    mutating func onLeaseTaken(_ since: Date, _ now: Date) -> [HealingEffect] {
        guard case .leasing(let plan, let look) = state, let write = plan.write else { return [] }
        // Another healer may have come and gone since that look, and have replaced another pod than this one.
        guard look.takenAt >= since || !write.isEviction else {
            state = .reassuring(plan, look, since: since)
            return observe(now)
        }
        state = .writing(plan)
        return say(plan.detail) + [.write(write)]
    }

    /// What takes a service that hangs long to prove is not proven again where a new look leads to the same write.
    mutating func reassured(
        _ plan: Plan, _ look: Snapshot, _ fresh: Snapshot, _ since: Date, _ now: Date
    ) -> [HealingEffect] {
        // It began before the lease was had.
        guard fresh.takenAt >= since else { return observe(now) }
        let seen = fresh.answered(look.answer, look.podAnswers)
        let verdict = Diagnostician.diagnose(seen)
        let again = Planner.plan(for: verdict, snapshot: seen, policy: policy, remembered: remembered)
        guard let write = again.write, plan.write?.repeats(write) == true else { return judge(fresh, Doubt(), now) }
        self.verdict = verdict
        return send(write, of: again, seen: seen)
    }

    mutating func onLeaseHeld(by holder: String, _ now: Date) -> [HealingEffect] {
        guard case .leasing(let plan, _) = state else { return [] }
        let workload = (plan.workload ?? verdict?.target).map { "\($0)" } ?? "\(plan.object)"
        let detail = "Another healing (\(holder)) is at \(workload); waiting until it is over"
        state = .waiting(
            Plan(
                .wait, plan.object, detail: detail,
                advice:
                    "See whether it goes on: kubectl get leases -A -l app.kubernetes.io/managed-by=cortex",
                withheld: plan.action))
        wake(in: 3, now)
        return say(detail)
    }

    mutating func onLeaseUnknown(_ error: APIError, _ now: Date) -> [HealingEffect] {
        guard case .leasing = state else { return [] }
        state = .observing(doubt: Doubt())
        wake(in: 1, now)
        return say("Whether another healing is at it is not known (\(error)); holding every action until it is")
    }
}

extension Snapshot {
    /// The same, with how the service and its pods answered.
    func answered(_ answer: ServiceAnswer?, _ pods: [String: ServiceAnswer]) -> Snapshot {
        var snapshot = self
        snapshot.answer = answer
        snapshot.podAnswers = pods
        return snapshot
    }
}
