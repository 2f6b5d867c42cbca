public import Diagnosis
import FoundationEssentials
public import Healing
public import Kubernetes
import Logging

/// One attempt to heal, with its log; and the two ways to look without touching.
extension IncidentDesk {
    /// Heals one service here and now, outside any incident: what the worker command runs.
    /// - Parameters:
    ///   - isReported: somebody called the service and failed; else it is asked how it is.
    ///   - isDryRun: stop before the first write and say what it would be.
    public func attempt(
        _ outage: Outage, isReported: Bool, isDryRun: Bool, say: @escaping @Sendable (String) -> Void
    ) async -> HealingOutcome {
        await attempt(
            outage, for: Incident(id: surroundings.newID()), trigger: .command, isReported: isReported,
            isDryRun: isDryRun, say: say)
    }

    func attempt(
        _ outage: Outage, for incident: Incident, trigger: HealingTrigger, isReported: Bool, isDryRun: Bool = false,
        mode: HealMode? = nil, say: @escaping @Sendable (String) -> Void
    ) async -> HealingOutcome {
        // Before anything is read: an API server that does not answer takes its time from the healing's own.
        let began = surroundings.now()
        let file = logs.file(of: outage.service)
        var plain = surroundings.log.named("HEAL-WORKER").with("incident", incident.id)
        if let request = outage.request { plain = plain.with("request", request) }
        let log = file.map { file in plain.teed { file.append($0) } } ?? plain
        log.info("Starting self-healing for service: \(outage.service)")
        log.info("Error: \(outage.answer.message)" + (outage.url.map { ", URL: \($0)" } ?? ""))
        let tell: @Sendable (String) -> Void = { message in
            let message = Redaction.line(message, limit: Self.maximumProgress)
            log.info(message)
            self.note(.progress, message, in: incident.id)
            say(message)
        }
        if let reason = surroundings.ledger.holdReason {
            tell(
                "\(reason): until that is over Cortex only scales up what a request needs, and says what is wrong here")
        }
        var policy = await modes.policy(self.policy, in: outage.namespace)
        policy.endsWhenServing = trigger == .request
        policy.tellsWhileServing = trigger == .watch
        if trigger == .watch, !isHealingEnabled() { policy.forcedMode = .observe }
        var outcome: HealingOutcome
        let symptom = surroundings.incidents[incident.id]?.symptom.flatMap { Symptom.Kind(rawValue: $0) }
        if let customWorker, !isDryRun, symptom?.isLatent != true, Self.mayRun(outage, policy, mode) {
            outcome = await heal(outage, with: customWorker, log, say: tell)
        } else {
            outcome = await drive(
                outage, incident, policy, trigger, isReported, isDryRun, began, log, say: tell)
        }
        if isDryRun, !outcome.isSuccess { outcome.message = "Dry run, nothing was changed. \(outcome.message)" }
        outcome.diagnosis = Redaction.secrets(in: outcome.diagnosis)
        outcome.message = Redaction.secrets(in: outcome.message)
        outcome.recommendation = outcome.recommendation.map { Redaction.secrets(in: $0) }
        log.info("Diagnosis: \(outcome.diagnosis)")
        if outcome.isSuccess {
            log.info("Healing successful: \(outcome.message)")
        } else {
            log.info(isDryRun ? outcome.message : "Healing failed: \(outcome.message)")
            log.info("Recommendation: \(outcome.recommendation ?? "")")
        }
        log.info("Remediation Complete")
        await file?.flush()
        return outcome
    }

    /// Whether a program that knows nothing of annotations may heal here.
    private static func mayRun(_ outage: Outage, _ policy: HealingPolicy, _ mode: HealMode?) -> Bool {
        policy.forcedMode == nil && (mode != nil || !policy.hiddenNamespaces.contains(outage.namespace))
            && HealMode.effective(
                workload: mode, namespace: policy.namespaceModes[outage.namespace],
                isHealed: policy.namespaces.contains(outage.namespace)) == .auto
    }

    /// Characters of one progress message; a custom worker may print any line.
    private static let maximumProgress = 1000

    private func drive(
        _ outage: Outage, _ incident: Incident, _ policy: HealingPolicy, _ trigger: HealingTrigger,
        _ isReported: Bool, _ isDryRun: Bool, _ began: Date, _ log: Logger, say: @escaping @Sendable (String) -> Void
    ) async -> HealingOutcome {
        var began = began
        while true {
            let remembered = await remembered(in: outage.namespace)
            var policy = policy
            // Nobody holds the line: what is slow by nature is given its time.
            if trigger == .watch, let usual = remembered.usualStart(of: outage) {
                policy.deadline = max(policy.deadline, .seconds(policy.patience(usualStart: usual)))
            }
            let driver = HealingDriver(
                api: surroundings.api, prober: surroundings.prober, usage: usage,
                recorder: EventRecorder(
                    api: surroundings.api, log: log, newID: surroundings.newID, now: surroundings.now),
                log: log, now: surroundings.now, evictionVersion: surroundings.evictionVersion, policy: policy,
                outage: outage, isReported: isReported,
                remembered: remembered, isDryRun: isDryRun, startedAt: began,
                books: HealingBooks(desk: self, incident: incident.id, trigger: trigger, policy: policy),
                leases: surroundings.leases, claim: { self.claim($0, for: incident) }, say: say)
            switch await driver.run() {
            case .outcome(let outcome): return outcome
            case .held(let other):
                say("The workload behind \(outage.service) is being healed already; waiting for that")
                await other.ended()
                began = surroundings.now()
            case nil:
                return HealingOutcome(
                    kind: .failed, cause: nil, action: .escalate, diagnosis: outage.answer.message,
                    message: "Cortex was stopped while it was healing",
                    recommendation: "Ask again: Cortex looks at the cluster as it is and finishes what was begun.")
            }
        }
    }

    /// A worker's success is a claim; the service's answer is the proof.
    private func heal(
        _ outage: Outage, with program: String, _ log: Logger, say: @escaping @Sendable (String) -> Void
    ) async -> HealingOutcome {
        say("Running the healing worker \(program)")
        var outcome = await CustomWorker(program: program, timeout: policy.deadline, log: log).run(outage, say: say)
        guard outcome.kind == .healed else { return outcome }
        let probe = ServiceProbe(
            service: outage.service, namespace: outage.namespace, url: outage.url, timeout: policy.confirmTimeout)
        let end = ContinuousClock.now + policy.probeTimeout
        var last = ServiceAnswer(kind: .unreachable, message: "it cannot be asked from where Cortex runs")
        while ContinuousClock.now < end {
            guard let answer = await surroundings.prober.answer(to: probe) else { break }
            if answer.kind == .ok { return outcome }
            last = answer
            if answer.kind == .forbidden { break }
            // Cancelled: Cortex ends, and the last answer is what is known.
            guard (try? await Task.sleep(for: .milliseconds(250))) != nil else { break }
        }
        outcome.kind = .failed
        outcome.message += ", but \(outage.service) does not answer (\(last.message))"
        outcome.recommendation = "Look at it by hand: cortex diagnose \(outage.service) -n \(outage.namespace)"
        return outcome
    }

    public func advise(_ outage: Outage) async -> String {
        let target = Target(namespace: outage.namespace, name: outage.service)
        switch await examine(target, answer: outage.answer) {
        case .success(let examination):
            let cause = examination.verdict.cause
            return (cause.map { "\($0.summary) " } ?? "") + examination.plan.detail
                + (examination.plan.advice.map { ". By hand: \($0)" } ?? "")
        case .failure(let error): return "Cortex could not look at the cluster: \(error)"
        }
    }

    func remembered(in namespace: String) async -> Remembered {
        await surroundings.memory?.remembered(in: namespace) ?? Remembered()
    }

    /// Looks at a target and says what is wrong and what would be done, changing nothing.
    /// - Parameters:
    ///   - answer: how the service answered a moment ago; nil asks it now.
    ///   - asksService: false judges by the objects alone.
    public func examine(
        _ target: Target, answer: ServiceAnswer? = nil, asksService: Bool = true
    ) async -> Result<Examination, APIError> {
        let remembered = await remembered(in: target.namespace)
        let reader = SnapshotReader(api: surroundings.api, usage: usage, now: surroundings.now)
        do throws(APIError) {
            async let policy = modes.policy(self.policy, in: target.namespace)
            var snapshot = try await reader.everything(target)
            snapshot.recall(remembered)
            let own = await policy
            let probeTarget = ProbeTarget(service: target.name, in: snapshot)
            if let answer {
                snapshot.answer = answer
            } else if asksService, target.kind ?? "Service" == "Service", probeTarget.port != nil {
                var probe = ServiceProbe(
                    service: target.name, namespace: target.namespace, port: probeTarget.port,
                    path: probeTarget.path, timeout: own.confirmTimeout)
                snapshot.answer = await surroundings.prober.answer(to: probe)
                if snapshot.answer?.kind == .ok {
                    probe.isDeep = true
                    snapshot.answer = await surroundings.prober.answer(to: probe)
                }
            }
            try await reader.readFurther(into: &snapshot)
            let verdict = Diagnostician.diagnose(snapshot)
            let plan = Planner.plan(
                for: verdict, snapshot: snapshot, policy: own, remembered: remembered)
            return .success(Examination(snapshot: snapshot, verdict: verdict, plan: plan))
        } catch {
            return .failure(error)
        }
    }
}

extension Remembered {
    /// The usual start of the workload that the outage's names mean, as far as names tell.
    fileprivate func usualStart(of outage: Outage) -> Double? {
        let names = [outage.target.name, outage.service]
        return startTimes.filter { names.contains($0.key.name) }.compactMap(\.value.usual).max()
    }
}
