import Diagnosis
import FoundationEssentials
import Kubernetes

/// One Cortex at a time at a workload. Each write is bound to the state that it was decided on, which keeps two healers
/// from changing one object twice; the lease keeps them from changing two: one pod each, say, where one was enough.
extension HealingMachine {
    /// A write that was decided on: first, where there may be others, the lease of the workload.
    mutating func send(_ write: ClusterWrite, of plan: Plan) -> [HealingEffect] {
        guard usesLease, let verdict, let snapshot else {
            state = .writing(plan)
            return say(plan.detail) + [.write(write)]
        }
        state = .leasing(plan, snapshot)
        return [.takeLease(verdict.target)]
    }

    mutating func onLeaseTaken(_ since: Date, _ now: Date) -> [HealingEffect] {
        guard case .leasing(let plan, let look) = state, let write = plan.write else { return [] }
        // Another healer may have come and gone since that look. What is taken back is bound to what is to be undone.
        let isCertain = look.takenAt >= since || now.timeIntervalSince(look.takenAt) < Self.shortestLease
        guard isCertain || undoReason != nil else {
            state = .reassuring(plan, look)
            return observe(now)
        }
        state = .writing(plan)
        return say(plan.detail) + [.write(write)]
    }

    /// What a service that hangs takes long to prove need not be proven again where nobody changed anything.
    mutating func reassured(_ plan: Plan, _ earlier: Snapshot, _ fresh: Snapshot, _ now: Date) -> [HealingEffect] {
        guard let write = plan.write, Footprint(earlier) == Footprint(fresh) else {
            return judge(fresh, Doubt(), now)
        }
        state = .writing(plan)
        return say(plan.detail) + [.write(write)]
    }

    /// What any healing leaves its mark on: the workload's specification, its pods, its Service.
    private struct Footprint: Equatable {
        var generation: Int64?
        var service: String?
        var pods: Set<String>

        init(_ snapshot: Snapshot) {
            let subject = Subject(snapshot)
            generation = subject.workload?.metadata.generation
            service = subject.service?.metadata.resourceVersion
            pods = Set(subject.livePods.map { $0.metadata.uid ?? $0.name })
        }
    }

    /// Whoever replaces a pod keeps the lease for longer than this, in seconds: its answer has to hold for a second.
    private static let shortestLease = 0.5

    mutating func onLeaseHeld(by holder: String, _ now: Date) -> [HealingEffect] {
        guard case .leasing(let plan, _) = state else { return [] }
        if let reason = undoReason {
            return finish(failure("\(reason), and it was not taken back: another Cortex (\(holder)) is at it", nil))
        }
        let workload = verdict.map { "\($0.target)" } ?? "\(plan.object)"
        let detail = "Another Cortex (\(holder)) is healing \(workload); waiting until it is done"
        state = .waiting(Plan(.wait, plan.object, detail: detail, advice: plan.advice))
        wake(in: 1, now)
        return say(detail)
    }

    mutating func onLeaseUnknown(_ error: APIError, _ now: Date) -> [HealingEffect] {
        guard case .leasing(let plan, _) = state else { return [] }
        if let reason = undoReason {
            return finish(failure("\(reason), and it could not be taken back (\(error))", plan.advice))
        }
        state = .observing(doubt: Doubt())
        wake(in: 1, now)
        return say("Whether another Cortex is healing it is not known (\(error)); holding every action until it is")
    }
}
