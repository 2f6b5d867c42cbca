import Diagnosis
import Healing
import JSON
import Simulation

/// The sum over many runs.
struct SimulationTally {
    /// An incident that is a failure of the product, and the run that it was in.
    struct Failure {
        var incident: Simulator.Incident
        var settings: Simulator.Settings

        /// Shape: `seed`, `incident` (its number in the run), `fault`, `service`, `judgement`, `why`, `violation` (the
        /// invariant that was broken) or null, `replay` (the command that runs it again).
        var value: JSONValue {
            [
                "seed": .integer(Int64(settings.seed)), "incident": .integer(Int64(incident.number)),
                "fault": .string(incident.fault.name.rawValue), "service": .string(incident.fault.service),
                "judgement": .string(incident.judgement.rawValue), "why": .string(incident.why),
                "violation": incident.violation.map { JSONValue.string($0) } ?? .null,
                "replay": .string(SimulationText.replay(settings)),
            ]
        }
    }

    private(set) var failures: [Failure] = []
    private var runs = 0
    private var seconds = 0.0
    private var incidents = 0
    private var counts: [Oracle.Judgement: Int] = [:]
    private var named = 0
    private var toName = 0
    private var poor: [String: Int] = [:]
    private var ends = Calibration()
    private var glimpses = Calibration()
    private var digest: UInt64 = 0

    mutating func add(_ report: Simulator.Report, _ settings: Simulator.Settings) {
        runs += 1
        seconds += report.seconds
        incidents += report.incidents.count
        failures += report.incidents.filter(\.isFailure).map { Failure(incident: $0, settings: settings) }
        for incident in report.incidents {
            counts[incident.judgement, default: 0] += 1
            toName += incident.isNamed == nil ? 0 : 1
            named += incident.isNamed == true ? 1 : 0
            if incident.isNamed == false {
                let cause = incident.result.outcome?.cause?.rawValue ?? "unknown"
                poor["\(incident.fault.name.rawValue) called \(cause)", default: 0] += 1
            }
            if let statement = incident.statement { ends.add(statement) }
            for statement in incident.glimpses { glimpses.add(statement) }
            if incident.judgement != .right {
                poor["\(incident.fault.name.rawValue) \(incident.judgement.rawValue)", default: 0] += 1
            }
        }
        digest = (digest ^ report.digest) &* 1_099_511_628_211
    }

    func show(taking time: Duration, services: Int) {
        let real = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let judged = Oracle.Judgement.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
        Terminal.out("\(runs) runs, \(incidents) incidents: \(judged); invariants broken or harm: \(failures.count)")
        Terminal.out("the cause named rightly in \(named) of \(toName) that had one to name")
        for (name, count) in poor.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            Terminal.out("  \(count)  \(name)")
        }
        showCalibration()
        let hours = seconds / 3600
        Terminal.out(
            "\(SimulationText.tenths(hours)) simulated hours of \(services) services in "
                + "\(SimulationText.tenths(real)) s: \(SimulationText.tenths(hours / max(real, 0.001))) hours a second")
        Terminal.out("digest \(String(digest, radix: 16))")
    }

    private func showCalibration() {
        show(ends, "of the causes that incidents ended with")
        show(glimpses, "of the causes that any look on the way there named")
    }

    private func show(_ calibration: Calibration, _ title: String) {
        guard calibration.statements > 0 else { return }
        Terminal.out("\(title), those said with")
        for row in calibration.rows { Terminal.out("  \(Self.words(row))") }
        for (cause, row) in calibration.overstated {
            Terminal.out("  too sure of \(cause.rawValue): \(Self.words(row))")
        }
    }

    /// The same for the same options: it says nothing of how long it took.
    ///
    /// - Parameters:
    ///   - settings: those of the first run.
    ///   - runs: so many were asked for; fewer were done where a failure ended them.
    func value(_ settings: Simulator.Settings, runs asked: Int) -> JSONValue {
        let trouble = settings.trouble.shares.map { ($0.key.rawValue, JSONValue.number($0.value)) }
        var value: JSONValue = [
            "settings": [
                "seed": .integer(Int64(settings.seed)), "runs": .integer(Int64(asked)),
                "hours": .number(settings.hours),
                "services": .integer(Int64(settings.services)), "replicas": .integer(Int64(settings.replicas)),
                "faults": .array(settings.faults.map { .string($0.rawValue) }),
                "apiFaults": .object(Dictionary(uniqueKeysWithValues: trouble)),
            ],
            "runs": .integer(Int64(runs)), "incidents": .integer(Int64(incidents)),
            "causesToName": .integer(Int64(toName)), "causesNamed": .integer(Int64(named)),
            "calibration": Self.value(ends), "glimpses": Self.value(glimpses),
            "simulatedHours": .number(seconds / 3600),
            "failures": .array(failures.map(\.value)),
            "digest": .string(String(digest, radix: 16)),
        ]
        for judgement in Oracle.Judgement.allCases {
            value[judgement.rawValue] = .integer(Int64(counts[judgement] ?? 0))
        }
        return value
    }

    private static func value(_ calibration: Calibration) -> JSONValue {
        .array(
            calibration.rows.map { row -> JSONValue in
                [
                    "confidence": .number(row.confidence), "said": .integer(Int64(row.said)),
                    "right": .integer(Int64(row.right)),
                ]
            })
    }

    private static func words(_ row: Calibration.Row) -> String {
        let share = Int((row.share * 1000).rounded())
        return "\(row.confidence): \(row.right) of \(row.said) were right (\(share / 10).\(share % 10) %)"
    }
}
