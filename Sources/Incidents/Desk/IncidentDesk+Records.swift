import Diagnosis
import FoundationEssentials
import Healing

/// What is kept of an incident.
extension IncidentDesk {
    /// Adds a step to a record; nothing where the attempt belongs to no incident.
    func note(
        _ kind: IncidentRecord.Step.Kind, _ message: String, in id: String,
        _ change: (inout IncidentRecord, Date) -> Void = { _, _ in }
    ) {
        guard !id.isEmpty else { return }
        let now = surroundings.now()
        surroundings.incidents.update(id, step: .init(at: now, kind: kind, message: message)) { change(&$0, now) }
    }

    /// Ends a record the way its healing ended, on disk.
    func close(_ id: String, _ outcome: HealingOutcome) async {
        if outcome.isSuccess {
            note(.verified, "It answers", in: id) { record, now in record.times.verified = now }
        }
        note(.closed, outcome.message, in: id) { record, now in
            record.state = Self.state(of: record, outcome)
            record.cause = record.cause ?? outcome.cause?.rawValue
            record.diagnosis = outcome.diagnosis
            record.message = outcome.message
            record.recommendation = outcome.recommendation
            if record.state.isOver { record.times.closed = now }
        }
        await surroundings.incidents.save(id)
    }

    private static func state(of record: IncidentRecord, _ outcome: HealingOutcome) -> IncidentRecord.State {
        switch outcome.kind {
        case .healed: return .healed
        case .recovered: return .recovered
        case .failed: return .failed
        case .escalated:
            let hasRepair = record.plan.map { ![.escalate, .none, .wait].contains($0.action) } ?? false
            return record.policy == .approve && hasRepair ? .waiting : .escalated
        }
    }
}
