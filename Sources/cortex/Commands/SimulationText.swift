import Diagnosis
import Healing
import Simulation

/// What `cortex simulate` prints.
enum SimulationText {
    static func describe(_ incident: Simulator.Incident, _ settings: Simulator.Settings) {
        let name = incident.fault.name.rawValue
        Terminal.out(
            "seed \(settings.seed) incident \(incident.number): \(name) at \(incident.fault.service): "
                + "\(incident.judgement.rawValue), cause \(incident.result.outcome?.cause?.rawValue ?? "none")"
                + "\(incident.isNamed == false ? " (wrong)" : "") - \(incident.why)")
        if let violation = incident.violation { Terminal.out("  BROKEN: \(violation)") }
        guard incident.isFailure || incident.judgement != .right || incident.isNamed == false else { return }
        for (at, step) in incident.result.steps.suffix(12) {
            Terminal.out("  \(tenths(at - incident.result.began)) s  \(Simulator.words(step))")
        }
    }

    /// The command that runs the same again.
    static func replay(_ settings: Simulator.Settings) -> String {
        let faults =
            settings.faults == Simulator.Settings.everyFault
            ? "all" : settings.faults.map(\.rawValue).joined(separator: ",")
        let trouble = settings.trouble.shares.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue)=\($0.value)" }.joined(separator: ",")
        return "cortex simulate --seed \(settings.seed) --hours \(settings.hours) "
            + "--services \(settings.services) --replicas \(settings.replicas) --faults \(faults) "
            + "--api-faults \(trouble.isEmpty ? "none" : trouble) --verbose"
    }

    static func tenths(_ value: Double) -> String {
        let whole = Int((value * 10).rounded())
        return "\(whole / 10).\(abs(whole % 10))"
    }
}
