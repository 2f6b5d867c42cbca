import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Logging
import Synchronization

/// Carries out what a healing machine asks for and tells it what happened. It decides nothing.
struct HealingDriver: Sendable {
    enum Ending: Sendable {
        case outcome(HealingOutcome)
        /// Another incident is at the same workload; this healing changed nothing.
        case held(by: Incident)
    }

    let api: any ClusterAPI
    let prober: any ServiceProbing
    let usage: UsageLog
    let recorder: EventRecorder
    let log: Logger
    let now: @Sendable () -> Date
    let evictionVersion: @Sendable () async throws(APIError) -> String
    let policy: HealingPolicy
    let outage: Outage
    /// Whether somebody called and failed; without it, how the service answers is asked first.
    let isReported: Bool
    let remembered: Remembered
    let isDryRun: Bool
    /// From when the deadline counts.
    let startedAt: Date
    /// Every write passes through them.
    let books: HealingBooks
    /// Keeps other Cortexes of the cluster away; nil where there are none.
    let leases: LeaseKeeper?
    /// Takes a workload for this incident; returns the incident that has it already.
    let claim: @Sendable (WorkloadReference) -> Incident?
    let say: @Sendable (String) -> Void

    /// What works for one healing, beside the machine that decides.
    private struct Hands {
        let mailbox = Mailbox()
        /// Ends with the healing.
        let work = WorkGroup()
        /// What is to be done even when the healing ends before it is.
        let records = WorkGroup()
        let missing: MissingRights
        let leases: HeldLeases?
        var snapshot: Snapshot?
        /// How it answered last decides what has to be looked at beyond the first look.
        var answer: ServiceAnswer?
    }

    /// Runs one healing to its end. Cancelling the task leaves the cluster as it is and returns nil.
    func run() async -> Ending? {
        var machine = HealingMachine(
            service: outage.service, namespace: outage.namespace, policy: policy,
            reported: isReported ? outage.answer : nil, remembered: remembered,
            usesLease: leases != nil && !isDryRun, startedAt: startedAt)
        let missing = MissingRights(tell: say)
        var hands = Hands(
            missing: missing,
            leases: leases.map { HeldLeases($0, healing: recorder.newID(), log: log, missing: missing) },
            answer: isReported ? outage.answer : nil)
        defer { hands.work.cancelAll() }
        var timer: Task<Void, Never>?
        defer { timer?.cancel() }
        var effects = machine.start()
        while true {
            for effect in effects {
                guard let ending = begin(effect, of: machine, hands) else { continue }
                await hands.records.finished(within: Self.recordingTime)
                return ending
            }
            if isDryRun, let plan = machine.waitingPlan {
                return .outcome(dryRun(machine, plan.action, plan.detail, advice: plan.advice))
            }
            timer?.cancel()
            timer = machine.wakeAt.map { alarm(at: $0, hands.mailbox) }
            guard let input = await hands.mailbox.next() else {
                // Not as part of the task that is cancelled: the next healing need not wait.
                let isOpen = machine.hasOpenWrite
                await Task { [hands] in await Self.giveBack(hands.leases, isOpen) }.value
                return nil
            }
            if case .observed(let fresh) = input { hands.snapshot = fresh }
            if case .answered(let whole, let pods) = input { hands.answer = HealingMachine.effective(whole, pods) }
            effects = machine.on(input, now: now())
            if let verdict = machine.lastVerdict, let seen = machine.lastSnapshot { books.note(verdict, seen, outage) }
        }
    }

    /// Sets about what the machine asks for. - Returns: how the healing ends, where it does.
    private func begin(_ effect: HealingEffect, of machine: HealingMachine, _ hands: Hands) -> Ending? {
        let mailbox = hands.mailbox
        switch effect {
        case .finish(let outcome):
            let isOpen = machine.hasOpenWrite
            hands.records.run { [leases = hands.leases] in await Self.giveBack(leases, isOpen) }
            return .outcome(outcome)
        case .watch(let workload):
            // It has changed nothing yet, so it holds no lease.
            if let other = claim(workload) { return .held(by: other) }
            watch(workload, hands)
        case .say(let message): say(message)
        case .record(let object, let reason, let message):
            let resource = Self.resource(of: object)
            hands.records.run { [missing = hands.missing] in
                await recorder.record(object, resource: resource, reason: reason, message: message, missing: missing)
            }
        case .takeLease(let workload):
            if let held = hands.leases { hands.work.run { await mailbox.put(held.take(workload)) } }
        case .write(let write):
            if isDryRun { return .outcome(dryRun(machine, write.action, write.proposal)) }
            let (verdict, isUndo) = (machine.lastVerdict, machine.isTakingBack)
            hands.work.run { await mailbox.put(self.send(write, for: verdict, isUndo: isUndo)) }
        case .observe(let scope):
            hands.work.run { [hands] in await mailbox.put(self.observe(scope, hands)) }
        case .probe(let isDeep):
            if let snapshot = hands.snapshot { hands.work.run { await mailbox.put(self.ask(isDeep, snapshot)) } }
        }
        return nil
    }

    /// - Parameter isOpen: whether a write is under way, which may be carried out later.
    private static func giveBack(_ leases: HeldLeases?, _ isOpen: Bool) async {
        if isOpen { leases?.abandon() } else { await leases?.release() }
    }

    private func alarm(at time: Date, _ mailbox: Mailbox) -> Task<Void, Never> {
        let delay = max(0, time.timeIntervalSince(now()))
        return Task {
            // Cancelled means that another alarm replaced this one.
            guard (try? await Task.sleep(for: .seconds(delay))) != nil else { return }
            mailbox.put(.woke)
        }
    }

    private func observe(_ scope: HealingEffect.Scope, _ hands: Hands) async -> HealingInput {
        let reader = SnapshotReader(api: api, usage: usage, now: now) { [missing = hands.missing] in
            missing.note(MissingRule($0))
        }
        do throws(APIError) {
            if case .progress(let workload) = scope, let earlier = hands.snapshot {
                return .observed(try await reader.progress(of: workload, since: earlier))
            }
            var fresh = try await reader.everything(outage.target, answer: hands.answer)
            fresh.askedPort = isReported ? outage.askedPort : nil
            return .observed(fresh)
        } catch {
            return .unreadable(error)
        }
    }

    /// The intent is on disk before the request is sent, and what became of it after.
    private func send(_ write: ClusterWrite, for verdict: Verdict?, isUndo: Bool) async -> HealingInput {
        let version: String
        do throws(APIError) {
            version = write.isEviction ? try await evictionVersion() : "v1"
        } catch {
            return .refused(error)
        }
        let intent: HealingIntent
        switch await books.begin(write, of: verdict?.target, isUndo: isUndo) {
        case .granted(let granted): intent = granted
        case .denied(let reason, let advice): return .denied(reason: reason, advice: advice)
        }
        do throws(APIError) {
            _ = try await api.send(write.request(evictionVersion: version))
            await books.end(intent, .done)
            return .written
        } catch {
            await books.end(intent, error.mayHaveBeenDone ? .unknown : .refused)
            return .refused(error)
        }
    }

    private func ask(_ isDeep: Bool, _ snapshot: Snapshot) async -> HealingInput {
        let target = ProbeTarget(service: outage.service, in: snapshot)
        guard target.port != nil || isReported else {
            return .answered(target.isUnprovable ? Self.portless(outage) : .withoutService, pods: [:])
        }
        var probe = ServiceProbe(
            service: outage.service, namespace: outage.namespace, url: outage.url, port: target.port,
            path: target.path, isDeep: isDeep, timeout: min(policy.confirmTimeout, policy.probeTimeout))
        let whole = probe
        async let answer = prober.answer(to: whole)
        var pods: [String: ServiceAnswer] = [:]
        if isDeep {
            for pod in target.pods.prefix(Self.maximumPods) {
                probe.pod = pod
                pods[pod.name] = await prober.answer(to: probe)
            }
        }
        let unasked = ServiceAnswer(kind: .unreachable, message: "it cannot be asked from where Cortex runs")
        return .answered(await answer ?? unasked, pods: pods)
    }

    private static let maximumPods = 5

    private static func portless(_ outage: Outage) -> ServiceAnswer {
        ServiceAnswer(
            kind: .unreachable, message: "Service \(outage.service) names no port at which it could be asked")
    }

    /// How long a healing that is over waits for its Events to be written.
    private static let recordingTime = Duration.seconds(2)

    private func watch(_ workload: WorkloadReference, _ hands: Hands) {
        let (mailbox, missing) = (hands.mailbox, hands.missing)
        for request in WatchRequests.around(workload, service: outage.service, in: hands.snapshot) {
            hands.work.run {
                while !Task.isCancelled {
                    do {
                        for try await _ in api.lines(request) { mailbox.changed() }
                    } catch {
                        if (error as? APIError)?.isForbidden == true { missing.note(MissingRule(request)) }
                        log.debug("the watch of \(request.path) ended: \(error)")
                    }
                    // Without a watch it looks each second. Cancelled means that the healing is over.
                    guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
                    mailbox.changed()
                }
            }
        }
    }

    private func dryRun(
        _ machine: HealingMachine, _ action: Action, _ proposal: String, advice: String? = nil
    ) -> HealingOutcome {
        let byHand = advice.map { ", or do it by hand: \($0)" } ?? ""
        return HealingOutcome(
            kind: .escalated, cause: machine.cause, action: action, diagnosis: machine.diagnosisSoFar,
            message: proposal, recommendation: "Run it again without --dry-run\(byHand)")
    }

    private static func resource(of object: ObjectReference) -> Resource? {
        [.deployments, .statefulSets, .daemonSets, .replicaSets, .pods, .services].first { $0.kind == object.kind }
    }
}
