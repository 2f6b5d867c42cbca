public import Diagnosis
import FoundationEssentials
public import Healing
public import Kubernetes

/// The product's own healing, driven over the simulated cluster: synchronous, in simulated time, one effect after the
/// other. It decides nothing, as the driver over a real cluster decides nothing.
public struct SimulatedHealing: Sendable {
    /// What Cortex did or said, in order.
    public enum Step: Hashable, Sendable {
        case said(String)
        case wrote(ClusterWrite)
        case refused(ClusterWrite, String)
    }

    public struct Result: Sendable {
        /// Nil when it did not end though its deadline had long passed.
        public var outcome: HealingOutcome?
        /// Every write that took effect, with the time of it, also those whose answer was lost.
        public var writes: [(at: Double, write: ClusterWrite)] = []
        public var steps: [(at: Double, step: Step)] = []
        /// How sure it was of each cause that it saw, when it saw it last.
        public var confidences: [CauseID: Double] = [:]
        public var began = 0.0
        public var ended = 0.0
    }

    let service: String
    let namespace: String
    let policy: HealingPolicy
    let trouble: APITrouble
    let memory: [WorkloadReference: Int]
    /// Cortex may not write: its rights are missing.
    var isForbidden = false
    /// Until then the API server cannot be reached, seconds of the simulation.
    var isGoneUntil = 0.0
    /// How long the API takes for one answer, seconds.
    private static let latency = 0.02
    private var taker = SnapshotTaker()
    private var earlier: Snapshot?
    /// Until then the watch does not stand, seconds of the simulation.
    private var blindUntil = 0.0
    /// How it answered last decides what has to be looked at beyond the first look.
    private var answer: ServiceAnswer?

    public init(
        service: String, in namespace: String, policy: HealingPolicy, trouble: APITrouble = APITrouble(),
        memory: [WorkloadReference: Int] = [:]
    ) {
        self.service = service
        self.namespace = namespace
        self.policy = policy
        self.trouble = trouble
        self.memory = memory
    }

    /// Something that will be told to the machine at a time.
    private struct Pending {
        enum What {
            case input(HealingInput)
            case observe
            case probe(deep: Bool)
            case write(ClusterWrite)
        }
        var at: Double
        var number: Int
        var what: What
    }

    /// Runs one healing from its first look to its end.
    /// - Parameter check: called after every step of the machine with what is so far; for the checkers.
    public mutating func run(
        _ world: inout World, reported: ServiceAnswer?, check: (World, Result) -> Void = { _, _ in }
    ) -> Result {
        answer = reported
        var machine = HealingMachine(
            service: service, namespace: namespace, policy: policy, reported: reported,
            remembered: Remembered(replicas: memory.mapValues { RememberedCount($0) }),
            startedAt: world.date(world.seconds))
        var result = Result()
        result.began = world.seconds
        var pending: [Pending] = []
        var number = 0
        var isWatching = false
        var effects = machine.start()
        let limit = world.seconds + policy.deadlineSeconds + 120
        while world.seconds < limit {
            for effect in effects {
                number += 1
                let at = world.seconds + Self.latency
                switch effect {
                case .finish(let outcome):
                    result.outcome = outcome
                    result.ended = world.seconds
                    return result
                case .watch: isWatching = true
                case .say(let words): result.steps.append((world.seconds, .said(words)))
                case .record: break
                case .observe: pending.append(Pending(at: delayed(at, &world), number: number, what: .observe))
                case .probe(let deep): pending.append(Pending(at: at, number: number, what: .probe(deep: deep)))
                case .takeLease:
                    // There is one Cortex in a simulation.
                    pending.append(Pending(at: at, number: number, what: .input(.leaseTaken(since: .distantPast))))
                case .write(let write):
                    pending.append(Pending(at: delayed(at, &world), number: number, what: .write(write)))
                }
            }
            let input = next(&pending, machine, isWatching, &world, &result)
            effects = machine.on(input, now: world.date(world.seconds))
            if let cause = machine.lastVerdict?.cause { result.confidences[cause.id] = cause.confidence }
            check(world, result)
        }
        result.ended = world.seconds
        return result
    }

    private func delayed(_ time: Double, _ world: inout World) -> Double {
        world.random.fraction() < trouble.share(.slow) ? time + 2 + 8 * world.random.fraction() : time
    }

    /// Moves the clock to whatever comes first: an answer, the machine's own alarm, or a change that it watches for.
    private mutating func next(
        _ pending: inout [Pending], _ machine: HealingMachine, _ isWatching: Bool, _ world: inout World,
        _ result: inout Result
    ) -> HealingInput {
        while true {
            let first = pending.indices.min {
                (pending[$0].at, pending[$0].number) < (pending[$1].at, pending[$1].number)
            }
            let alarm = machine.wakeAt.map { max(world.seconds, $0.timeIntervalSince1970 - world.epoch) }
            let due = min(first.map { pending[$0].at } ?? .greatestFiniteMagnitude, alarm ?? .greatestFiniteMagnitude)
            let event = max(world.nextWake ?? .greatestFiniteMagnitude, world.seconds)
            if event < due {
                let before = world.store.end
                world.step(until: event)
                guard isWatching, concerns(world, since: before) else { continue }
                let isDropped = world.random.fraction() < trouble.share(.droppedWatch)
                if isDropped || isLate(&pending, &world) { continue }
                if world.random.fraction() < trouble.share(.duplicatedWatch) {
                    pending.append(Pending(at: world.seconds + 0.05, number: .max, what: .input(.changed)))
                }
                return .changed
            }
            let time = due == .greatestFiniteMagnitude ? world.seconds + 1 : due
            world.step(until: time)
            guard let first, pending[first].at <= world.seconds else { return .woke }
            return answer(pending.remove(at: first).what, &world, &result)
        }
    }

    /// Whether the notice of a change comes later, if at all, because of what became of the watch.
    private mutating func isLate(_ pending: inout [Pending], _ world: inout World) -> Bool {
        guard world.seconds >= blindUntil else { return true }
        for (kind, seconds) in [(APITrouble.Kind.reorderedWatch, 0.3), (.cutWatch, 3), (.expiredWatch, 1)] {
            // A kind that is not asked for takes nothing from the dice: the run stays the one it was.
            guard trouble.share(kind) > 0, world.random.fraction() < trouble.share(kind) else { continue }
            let time = world.seconds + seconds * (0.2 + world.random.fraction())
            if kind != .reorderedWatch { blindUntil = time }
            pending.append(Pending(at: time, number: .max, what: .input(.changed)))
            return true
        }
        return false
    }

    /// Whether something that the healing watches has changed.
    private func concerns(_ world: World, since revision: Int) -> Bool {
        (world.store.changes(since: revision) ?? []).contains { change in
            change.object.namespace == namespace
                && ["Pod", "Endpoints", "Deployment", "StatefulSet", "DaemonSet", "Service"].contains(
                    change.resource.kind)
        }
    }

    private mutating func answer(
        _ what: Pending.What, _ world: inout World, _ result: inout Result
    ) -> HealingInput {
        switch what {
        case .input(let input): return input
        case .observe: return observe(&world)
        case .probe(let deep): return probe(deep, world)
        case .write(let write): return send(write, &world, &result)
        }
    }

    private mutating func observe(_ world: inout World) -> HealingInput {
        if world.seconds < isGoneUntil { return .unreadable(.unreachable("connection refused")) }
        let roll = world.random.fraction()
        if roll < trouble.share(.serverError) {
            return .unreadable(.status(APIStatus(code: 500, reason: "InternalError", message: "internal error")))
        }
        if roll < trouble.share(.serverError) + trouble.share(.lostBefore) {
            return .unreadable(.unknown("the connection was lost"))
        }
        if let earlier, world.random.fraction() < trouble.share(.stale) { return .observed(earlier) }
        let fresh = taker.take(Target(namespace: namespace, name: service), answer: answer, world)
        earlier = fresh
        return .observed(fresh)
    }

    private mutating func probe(_ isDeep: Bool, _ world: World) -> HealingInput {
        let question: World.Question = isDeep ? .work : .health(path: "/health")
        let whole = ServiceAnswer(world.reach(service: service, in: namespace, question))
        var pods: [String: ServiceAnswer] = [:]
        if isDeep, let earlier {
            for pod in ProbeTarget(service: service, in: earlier).pods.prefix(5) {
                let answer = ServiceAnswer(world.reach(pod: pod.ip, port: pod.port, from: nil, question))
                // A pod that cannot be connected to from here says nothing about itself.
                if answer.kind != .unreachable { pods[pod.name] = answer }
            }
        }
        answer = HealingMachine.effective(whole, pods)
        return .answered(whole, pods: pods)
    }

    private func send(_ write: ClusterWrite, _ world: inout World, _ result: inout Result) -> HealingInput {
        if world.seconds < isGoneUntil { return .refused(.unreachable("connection refused")) }
        if isForbidden {
            let rule = MissingRule(write)
            let message =
                "\(rule.resource) \"\(write.object.name)\" is forbidden: User \"cortex\" cannot \(rule.verb) resource "
                + "\"\(rule.resource)\" in API group \"\(rule.group)\" in the namespace \"\(namespace)\""
            return .refused(.status(APIStatus(code: 403, reason: "Forbidden", message: message)))
        }
        let roll = world.random.fraction()
        var edge = trouble.share(.throttled)
        if roll < edge {
            return .refused(.status(APIStatus(code: 429, reason: "TooManyRequests", message: "too many requests")))
        }
        edge += trouble.share(.serverError)
        if roll < edge {
            return .refused(.status(APIStatus(code: 500, reason: "InternalError", message: "internal error")))
        }
        edge += trouble.share(.lostBefore)
        if roll < edge { return .refused(.unknown("the connection was lost")) }
        do throws(APIStatus) {
            try SimulatedWrites.apply(write, to: &world)
        } catch {
            result.steps.append((world.seconds, .refused(write, error.message ?? "HTTP \(error.code)")))
            return .refused(.status(error))
        }
        result.writes.append((world.seconds, write))
        result.steps.append((world.seconds, .wrote(write)))
        edge += trouble.share(.lostAfter)
        return roll < edge ? .refused(.unknown("the connection was lost")) : .written
    }
}

extension ServiceAnswer {
    /// As a caller sees what became of its request.
    public init(_ reach: Reach) {
        switch reach {
        case .nameNotFound(let words): self.init(kind: .nameNotFound, message: words)
        case .refused(let words): self.init(kind: .connectionRefused, message: words)
        case .unreachable(let words): self.init(kind: .unreachable, message: words)
        case .timeout(let words): self.init(kind: .timeout, message: words)
        case .answered(let status, _, _):
            self.init(kind: status < 400 ? .ok : .serverError, message: "HTTP \(status)")
        }
    }
}

extension HealingPolicy {
    var deadlineSeconds: Double { Double(deadline.components.seconds) }
}
