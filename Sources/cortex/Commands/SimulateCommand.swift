import Configuration
import JSON
import Simulation

/// `cortex simulate`: the healing engine against the simulated cluster, judged incident by incident.
struct SimulateCommand {
    /// Each has the next seed, which is to stay a number that JSON can hold.
    private static let maximumRuns = 1_000_000
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() -> Int32 {
        let settings: Simulator.Settings
        let runs: Int
        let isJSON: Bool
        do {
            isJSON = try self.isJSON()
            settings = try self.settings()
            runs = try number("--runs", 1, from: 1, to: Self.maximumRuns)
        } catch {
            Terminal.error("cortex simulate: \(error)")
            return ExitCode.usage
        }
        let begin = ContinuousClock.now
        var tally = SimulationTally()
        for run in 0..<runs {
            var settings = settings
            settings.seed += UInt64(run)
            let isVerbose = arguments.has("--verbose")
            let report = Simulator(settings).run { incident in
                if !isJSON, isVerbose || incident.isFailure { SimulationText.describe(incident, settings) }
                return incident.isFailure
            }
            tally.add(report, settings)
            if report.incidents.last?.isFailure == true {
                if !isJSON { Terminal.out("Replay it: \(SimulationText.replay(settings))") }
                if !arguments.has("--keep-going") { break }
            }
        }
        if isJSON {
            Terminal.out(String(decoding: tally.value(settings, runs: runs).rendered, as: UTF8.self))
        } else {
            tally.show(taking: begin.duration(to: .now), services: settings.services)
        }
        return tally.failures.isEmpty ? ExitCode.success : ExitCode.failure
    }

    private func isJSON() throws(UsageError) -> Bool {
        let format = arguments.options["--output"] ?? "text"
        guard ["json", "text"].contains(format) else {
            throw mistake("--output must be json or text, not “\(format)”")
        }
        return format == "json"
    }

    private func settings() throws(UsageError) -> Simulator.Settings {
        var settings = Simulator.Settings(seed: 1)
        settings.seed = UInt64(try number("--seed", 1, from: 0, to: .max - Self.maximumRuns))
        guard let hours = Double(arguments.options["--hours"] ?? "1"), hours > 0, hours <= 1_000_000 else {
            throw mistake("--hours must be a number above 0, not “\(arguments.options["--hours"] ?? "")”")
        }
        settings.hours = hours
        settings.services = try number("--services", 20, from: 1, to: 1000)
        settings.replicas = try number("--replicas", 2, from: 1, to: 10)
        settings.faults = try faults()
        settings.trouble = try trouble()
        return settings
    }

    private func number(_ option: String, _ standard: Int, from least: Int, to most: Int) throws(UsageError) -> Int {
        guard let text = arguments.options[option] else { return standard }
        guard let value = Int(text), (least...most).contains(value) else {
            throw mistake("\(option) must be a whole number of at least \(least), not “\(text)”")
        }
        return value
    }

    private func faults() throws(UsageError) -> [FaultName] {
        let text = arguments.options["--faults"] ?? "all"
        guard text != "all" else { return Simulator.Settings.everyFault }
        var names: [FaultName] = []
        for word in text.split(separator: ",").map(String.init) {
            guard let name = FaultName(rawValue: word) else {
                throw mistake(FaultName.unknown(word))
            }
            names.append(name)
        }
        guard !names.isEmpty else { throw mistake("--faults names no fault") }
        return names
    }

    /// `none`, `some`, or kinds with their shares: `429=0.1,stale=0.05`.
    private func trouble() throws(UsageError) -> APITrouble {
        let text = arguments.options["--api-faults"] ?? "none"
        if text == "none" { return APITrouble() }
        if text == "some" || text == "all" { return .some }
        var trouble = APITrouble()
        for word in text.split(separator: ",") {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let kind = APITrouble.Kind(rawValue: parts[0]) else {
                let all = APITrouble.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw mistake("there is no API fault “\(parts[0])”; there are \(all)")
            }
            guard let share = parts.count == 1 ? 0.05 : Double(parts[1]), (0...1).contains(share) else {
                throw mistake("the share of \(parts[0]) must lie between 0 and 1, not “\(parts[1])”")
            }
            trouble.shares[kind] = share
        }
        return trouble
    }

    private func mistake(_ words: String) -> UsageError { UsageError(words, Commands.simulate.usage) }
}
