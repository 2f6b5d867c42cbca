import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Logging
import Synchronization

/// Where too much fails at once: stop acting, tell once, go on when it is over.
extension IncidentWatch {
    /// How often it is checked whether it still is one, in seconds.
    static let massCheck = 5.0
    /// How long it must be over, in seconds.
    private static let calm = 10.0

    func tell(_ failure: MassFailure) async {
        let now = desk.surroundings.now()
        let id = desk.surroundings.newID()
        let (isNew, nodes) = state.withLock { state in
            defer { state.mass = (state.mass?.id ?? id, now) }
            return (state.mass == nil, state.cluster.nodeTroubles.prefix(3))
        }
        guard isNew else { return }
        let summary = Redaction.line(([failure.summary] + nodes).joined(separator: "; "))
        desk.surroundings.ledger.hold(because: failure.summary, advice: MassFailure.advice)
        desk.surroundings.log.warning("Mass failure: \(summary). Cortex changes nothing until it is over.")
        var record = IncidentRecord(
            id: id, trigger: .watch, namespace: failure.failing.first?.namespace ?? "", service: "cluster",
            symptom: "mass-failure", issue: failure.summary, visible: now, detected: now)
        record.state = .escalated
        record.cause = "mass-failure"
        record.diagnosis = summary
        record.message = "Cortex changes nothing while so much fails at once."
        record.recommendation = MassFailure.advice
        record.times.diagnosed = now
        record.times.closed = now
        await desk.surroundings.incidents.open(record)
    }

    /// Lets Cortex act again once fewer fail.
    func endMassFailure() async {
        let now = desk.surroundings.now()
        let over = state.withLock { state -> String? in
            guard let mass = state.mass else { return nil }
            if state.machine.massFailure(now) != nil {
                state.mass = (mass.id, now)
                return nil
            }
            guard now.timeIntervalSince(mass.seen) >= Self.calm else { return nil }
            state.mass = nil
            return mass.id
        }
        guard let over else { return }
        desk.surroundings.ledger.release()
        desk.surroundings.log.info("The mass failure is over; Cortex acts again.")
        await desk.surroundings.incidents.clear(over, now: now)
    }
}
