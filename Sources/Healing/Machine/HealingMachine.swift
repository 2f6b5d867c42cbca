public import Diagnosis
public import FoundationEssentials
import Kubernetes

/// One healing, from the first look to its end, as a step machine: it takes what happened and returns what to do next.
///
/// It holds no clock and does no I/O. Every step decides from a fresh snapshot and never from what an earlier step
/// expected, so a Cortex that was killed and looks again at the cluster as it is comes to the same next step.
public struct HealingMachine: Sendable {
    enum State: Sendable {
        /// Looking at the cluster; `doubt` counts the answers that contradict what the objects show.
        case observing(doubt: Doubt)
        /// It is recovering by itself, or a person is at work.
        case waiting(Plan)
        /// Waiting for the lease of the workload, with a plan and the look that it was made from.
        case leasing(Plan, Snapshot)
        /// The lease is had since this time: looking whether the plan still holds.
        case reassuring(Plan, Snapshot, since: Date)
        case writing(Plan)
        case verifying(Verification)
        case ended
    }

    /// The answers of a service whose objects look fine.
    struct Doubt: Sendable {
        var since: Date?
        var failures = 0
    }

    /// What was last told of a decision.
    struct Decision: Hashable, Sendable {
        var cause: CauseID?
        var action: Action
        /// Without the numbers in them.
        var words: String
    }

    let service: String
    let namespace: String
    let policy: HealingPolicy
    let startedAt: Date
    /// How the call that opened the healing failed; nil when nobody called.
    let reported: ServiceAnswer?
    /// What Cortex has seen of the namespace before.
    let remembered: Remembered
    /// Whether other Cortexes may be at the same workload: it is leased before each write.
    let usesLease: Bool

    var state: State = .observing(doubt: Doubt())
    var snapshot: Snapshot?
    var verdict: Verdict?
    var writes: [ClusterWrite] = []
    /// A write without an answer: the next snapshot tells whether it took place.
    var unansweredWrite: Plan?
    /// How often a webhook that does not answer has kept Cortex from its change.
    var webhookFailures = 0
    /// How the last write was being verified when another look was needed.
    var lastVerification: Verification?
    /// Since when nothing has explained what is seen.
    var riddleSince: Date?
    /// Set while a write that made things worse is taken back: why.
    var undoReason: String?
    /// Since when the API server has refused to show what is needed.
    var refusedSince: Date?
    /// The answer asked for another look, which was had.
    var hasLookedFurther = false
    var isObserving = false
    /// Something changed while a read was under way: that read may not show it.
    var mustObserveAgain = false
    var isProbing = false
    var isWatching = false
    var unreadableReads = 0
    var lastSaid = ""
    var lastDecision: Decision?
    /// When to call `on(.woke)`; nil for never.
    public private(set) var wakeAt: Date?

    /// - Parameters:
    ///   - reported: how the call that needs the service failed; nil when nobody called.
    ///   - remembered: what Cortex has seen of the namespace before.
    ///   - usesLease: whether other Cortexes may be at the same workload.
    public init(
        service: String, namespace: String, policy: HealingPolicy, reported: ServiceAnswer?,
        remembered: Remembered = Remembered(), usesLease: Bool = false, startedAt: Date
    ) {
        self.service = service
        self.namespace = namespace
        self.policy = policy
        self.reported = reported
        self.remembered = remembered
        self.usesLease = usesLease
        self.startedAt = startedAt
    }

    /// The first effects.
    public mutating func start() -> [HealingEffect] {
        isObserving = true
        wakeAt = deadline
        return [.observe(.everything)]
    }

    /// One step. Inputs that come after the end are ignored.
    public mutating func on(_ input: HealingInput, now: Date) -> [HealingEffect] {
        if case .ended = state { return [] }
        wakeAt = nil
        if now >= lastMoment { return timeOut() }
        var effects: [HealingEffect]
        switch input {
        case .observed(let snapshot): effects = onObserved(snapshot, now)
        case .unreadable(let error): effects = onUnreadable(error, now)
        case .changed: effects = observe(now)
        case .woke: effects = observe(now) + askAgain()
        case .answered(let answer, let pods): effects = onAnswered(answer, pods, now)
        case .leaseTaken(let since): effects = onLeaseTaken(since, now)
        case .leaseHeld(let holder): effects = onLeaseHeld(by: holder, now)
        case .leaseUnknown(let error): effects = onLeaseUnknown(error, now)
        case .written: effects = onWritten(now)
        case .refused(let error): effects = onRefused(error, now)
        case .denied(let reason, let advice): effects = onDenied(reason, advice)
        }
        if case .ended = state { return effects }
        if now >= lastMoment { effects += timeOut() }
        wakeAt = min(wakeAt ?? lastMoment, lastMoment)
        return effects
    }

    /// What is wrong as far as it is known, for whoever has to end the healing from outside.
    public var diagnosisSoFar: String { verdict?.cause?.summary ?? reported?.message ?? "not known yet" }

    /// The last verdict, and the look it was made from.
    public var lastVerdict: Verdict? { verdict }
    public var lastSnapshot: Snapshot? { snapshot }

    /// Whether the write under way takes back an earlier one.
    public var isTakingBack: Bool { undoReason != nil }

    /// Whether a write was sent of which it is not known what became.
    public var hasOpenWrite: Bool {
        if case .writing = state { true } else { unansweredWrite != nil }
    }

    /// The plan of a healing that waits, for what recovers by itself or for a person at work; nil where it does not.
    public var waitingPlan: Plan? {
        if case .waiting(let plan) = state { plan } else { nil }
    }

    /// The cause as far as it is known.
    public var cause: CauseID? { verdict?.cause?.id }

    /// The deadline; while a write has no answer yet, as long again as the client may wait for one.
    private var lastMoment: Date {
        if case .writing = state { return deadline.addingTimeInterval(30) }
        return deadline
    }

    var deadline: Date { startedAt.addingTimeInterval(policy.deadline.inSeconds) }

    mutating func wake(at time: Date) { wakeAt = min(wakeAt ?? time, time) }

    mutating func wake(in seconds: Double, _ now: Date) { wake(at: now.addingTimeInterval(seconds)) }

    /// Whether what began at `since`, or begins now, has lasted this many seconds: what one look shows may be a moment
    /// between two writers of the cluster's state.
    mutating func hasLasted(
        _ seconds: Double, since: WritableKeyPath<HealingMachine, Date?>, _ now: Date
    ) -> Bool {
        let begin = self[keyPath: since] ?? now
        self[keyPath: since] = begin
        return now.timeIntervalSince(begin) >= seconds
    }

    /// Whether this healing may make this write: none twice, and not more than its policy allows.
    func allows(_ write: ClusterWrite) -> Bool {
        writes.count < policy.maximumWrites && !writes.contains { $0.repeats(write) }
    }

    /// Another look, or a note to look again once the one under way has ended.
    mutating func observe(_ now: Date) -> [HealingEffect] {
        switch state {
        case .leasing, .writing: return []  // the answer of the lease, or of the write, comes first
        case .observing, .waiting, .reassuring, .verifying, .ended: break
        }
        guard !isObserving else {
            mustObserveAgain = true
            return []
        }
        isObserving = true
        return [.observe(scope(now))]
    }

    /// While controllers carry out a write, the workload and its endpoints tell enough.
    private func scope(_ now: Date) -> HealingEffect.Scope {
        guard case .verifying(let verification) = state else { return .everything }
        let isYoung = now.timeIntervalSince(verification.writtenAt) < Self.rolloutStart
        return isYoung ? .progress(verdict?.target) : .everything
    }

    mutating func probe(deep: Bool) -> [HealingEffect] {
        guard !isProbing else { return [] }
        isProbing = true
        return [.probe(deep: deep)]
    }

    mutating func say(_ message: String) -> [HealingEffect] {
        guard message != lastSaid else { return [] }
        lastSaid = message
        return [.say(message)]
    }

    mutating func finish(_ outcome: HealingOutcome) -> [HealingEffect] {
        state = .ended
        wakeAt = nil
        return [.finish(outcome)]
    }
}
