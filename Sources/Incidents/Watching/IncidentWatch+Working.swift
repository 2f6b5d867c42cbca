import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Logging
import Synchronization

/// One workload at a time: see, look, open, wait for the end.
extension IncidentWatch {
    private var now: Date { desk.surroundings.now() }

    func work(on reference: WorkloadReference) async {
        let now = now
        let step = state.withLock { state in
            state.machine.see(reference, as: state.cluster.workload(reference), now: now)
        }
        await follow(step, reference)
        await endMassFailure()
    }

    private func follow(_ step: SymptomMachine.Step, _ reference: WorkloadReference) async {
        switch step {
        case .rest(let until): if let until { again(reference, at: until) }
        case .look(let asksService):
            let (look, plan, place) = await look(at: reference, asksService: asksService)
            let now = now
            let next = state.withLock { $0.machine.looked(at: reference, look, now: now) }
            if case .open(let sighting) = next {
                await open(sighting, plan, reference, causeAt: place)
            } else {
                await follow(next, reference)
            }
        case .open: break
        case .cleared:
            if let id = state.withLock({ $0.told.forget(reference) }) {
                await desk.surroundings.incidents.clear(id, now: now)
            }
        case .massFailure(let failure):
            await tell(failure)
            again(reference, at: now.addingTimeInterval(Self.massCheck))
        }
    }

    /// A fresh look at the objects, which decides; the caches only said that it is worth one. With it the plan, and
    /// where the cause is found.
    private func look(at reference: WorkloadReference, asksService: Bool) async -> (Look, Plan?, String?) {
        guard let workload = state.withLock({ $0.cluster.workload(reference) }) else { return (.healthy, nil, nil) }
        let now = now
        let target = Self.target(of: workload, state.withLock { $0.machine.reader.symptoms(of: workload, at: now) })
        // Without a question to the service its objects alone are judged.
        switch await desk.examine(target, asksService: asksService) {
        case .success(let found):
            return (Look(found.verdict, found.plan), found.plan, found.verdict.cause?.place)
        case .failure(let error):
            desk.surroundings.log.debug("\(reference.name) in \(reference.namespace) cannot be looked at: \(error)")
            return (.unknown("\(error)"), nil, nil)
        }
    }

    private func open(
        _ sighting: SymptomMachine.Sighting, _ plan: Plan?, _ reference: WorkloadReference,
        causeAt place: String?
    ) async {
        let outage = Self.outage(sighting)
        if let end = await desk.endOfIncident(at: reference) {
            // A request was faster.
            ended(end, reference)
            return
        }
        let cause = sighting.cause?.rawValue
        if sighting.isKnown, plan?.write == nil, let id = state.withLock({ $0.told[reference] }),
            let told = desk.surroundings.incidents[id]
        {
            // Nothing is new, and there is nothing to try again.
            ended(told, reference)
            return
        }
        let shared = Self.shared(sighting.cause, plan, place)
        if let shared {
            guard state.withLock({ $0.told.begin(shared) }) else {
                let pause = plan?.action == .wait ? Self.waitingCheck : Self.sharedCheck
                again(reference, at: now.addingTimeInterval(pause))
                return
            }
        }
        defer { if let shared { state.withLock { $0.told.end(shared) } } }
        if let old = state.withLock({ $0.told.forget(reference) }) {
            await desk.surroundings.incidents.clear(
                old, now: now, because: "Somebody changed it, and what it shows now is another incident")
        } else if let known = desk.surroundings.incidents.unresolved(
            namespace: outage.namespace, service: outage.service, cause: cause)
        {
            // A person was told already, before a restart or by a request.
            ended(known, reference)
            return
        }
        if let shared, let known = await joined(sighting, shared) {
            ended(known, reference)
            return
        }
        if let write = plan?.write {
            let attempt = HealingAttempt(
                workload: reference, action: write.action, trigger: .watch, at: now)
            if case .wait(let until) = desk.surroundings.ledger.answer(for: attempt) {
                again(reference, at: until)
                return
            }
        }
        desk.surroundings.log.info(
            "Seen: \(reference) in \(reference.namespace): \(sighting.symptoms.first?.message ?? "")")
        guard let end = await desk.open(outage, sighting) else {
            again(reference, at: now.addingTimeInterval(Self.fullHouse))
            return
        }
        ended(end, reference)
    }

    /// The incident of a cause of the whole cluster that a person was told of already, with this workload among its
    /// victims now; nil where there is none.
    private func joined(
        _ sighting: SymptomMachine.Sighting, _ shared: ToldIncidents.Shared
    ) async -> IncidentRecord? {
        let incidents = desk.surroundings.incidents
        let victim = sighting.workload.reference
        guard let known = incidents.unresolved(cause: shared.cause.rawValue, at: shared.object),
            known.workload != victim, now.timeIntervalSince(known.times.detected) < Self.sharedAge
        else { return nil }
        let message = sighting.symptoms.first?.message ?? "it does not look right"
        await incidents.add(
            victim, to: known.id, now: now, because: "\(victim) in \(victim.namespace) is its victim, too: \(message)")
        return known
    }

    /// What this workload may share with others; nil where the cause is its own, or where there is something to repair.
    static func shared(
        _ cause: CauseID?, _ plan: Plan?, _ place: String?
    ) -> ToldIncidents.Shared? {
        guard let cause, cause.isOfCluster, plan?.write == nil else { return nil }
        return .init(cause: cause, object: place)
    }

    /// How soon it is looked again whether what another workload shows is what this one shows, in seconds.
    private static let sharedCheck = 3.0
    /// The same while that one is given time to recover.
    private static let waitingCheck = 15.0

    /// For how long what was told may still be the same, in seconds: later a person is told again.
    private static let sharedAge = 1800.0

    func ended(_ record: IncidentRecord, _ reference: WorkloadReference) {
        let isOver = record.state == .healed || record.state == .recovered
        let now = now
        state.withLock { state in
            if isOver { _ = state.told.forget(reference) } else { state.told.tell(reference, of: record.id) }
            state.machine.ended(
                reference, isOver: isOver, cause: record.cause.flatMap { CauseID(rawValue: $0) }, now: now)
        }
        again(reference, at: now.addingTimeInterval(1))
    }

    /// How soon it is tried again where too many incidents are open, in seconds.
    private static let fullHouse = 10.0

    // MARK: - What an incident is about

    private static func outage(_ sighting: SymptomMachine.Sighting) -> Outage {
        let workload = sighting.workload
        let front = workload.fronts.first { $0.state != .deleted } ?? workload.fronts.first
        let target = target(of: workload, sighting.symptoms)
        let isService = target.kind == nil || target.kind == WorkloadReference.Kind.service.rawValue
        let service = isService ? target.name : front?.name ?? workload.reference.name
        return Outage(
            service: service, namespace: workload.reference.namespace, url: nil,
            answer: ServiceAnswer(
                kind: .unreachable, message: sighting.symptoms.first?.message ?? "it does not look right"),
            target: target)
    }

    /// The Service, where that is what looks wrong; else the workload.
    private static func target(of workload: WatchedWorkload, _ symptoms: [Symptom]) -> Target {
        let reference = workload.reference
        guard let first = symptoms.first, [.noEndpoints, .serviceDeleted, .serviceChanged].contains(first.kind) else {
            return Target(kind: reference.kind.rawValue, namespace: reference.namespace, name: reference.name)
        }
        let name = first.key.object.split(separator: "@").first.map(String.init) ?? reference.name
        // One that is gone is meant all the same, though the workload may have its name.
        let kind = first.kind == .serviceDeleted ? WorkloadReference.Kind.service.rawValue : nil
        return Target(kind: kind, namespace: reference.namespace, name: name)
    }
}
