import Diagnosis
import Healing
import Simulation

/// The sum over many runs.
struct SimulationTally {
    private(set) var failures = 0
    private var runs = 0
    private var seconds = 0.0
    private var incidents = 0
    private var counts: [Oracle.Judgement: Int] = [:]
    private var named = 0
    private var toName = 0
    private var poor: [String: Int] = [:]
    private var calibration = Calibration()
    private var digest: UInt64 = 0

    mutating func add(_ report: Simulator.Report) {
        runs += 1
        seconds += report.seconds
        incidents += report.incidents.count
        failures += report.incidents.filter(\.isFailure).count
        for incident in report.incidents {
            counts[incident.judgement, default: 0] += 1
            toName += incident.isNamed == nil ? 0 : 1
            named += incident.isNamed == true ? 1 : 0
            if incident.isNamed == false {
                let cause = incident.result.outcome?.cause?.rawValue ?? "unknown"
                poor["\(incident.fault.name.rawValue) called \(cause)", default: 0] += 1
            }
            if let statement = incident.statement { calibration.add(statement) }
            if incident.judgement != .right {
                poor["\(incident.fault.name.rawValue) \(incident.judgement.rawValue)", default: 0] += 1
            }
        }
        digest = (digest ^ report.digest) &* 1_099_511_628_211
    }

    func show(taking time: Duration, services: Int) {
        let real = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let judged = Oracle.Judgement.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
        Terminal.out("\(runs) runs, \(incidents) incidents: \(judged); invariants broken or harm: \(failures)")
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
        guard calibration.statements > 0 else { return }
        Terminal.out("\(calibration.statements) causes named; of those said with")
        for row in calibration.rows {
            let share = Int((row.share * 1000).rounded())
            Terminal.out("  \(row.confidence): \(row.right) of \(row.said) were right (\(share / 10).\(share % 10) %)")
        }
    }
}
