import Configuration
import Diagnosis
import FoundationEssentials
import Healing
import Incidents
import JSON
import Logging

/// `cortex heal`: one service, under the worker contract.
struct HealCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() async -> Int32 {
        let isJSON = arguments.options["--output"] == "json"
        if let format = arguments.options["--output"], format != "json", format != "text" {
            Terminal.error("cortex heal: --output must be json or text, not “\(format)”")
            return ExitCode.usage
        }
        let output = WorkerOutput(lines: isJSON ? Terminal.error : Terminal.out, report: Terminal.out)
        guard let service = ServiceHost.service(of: arguments.positional[0]) else {
            output.end(
                with: WorkerReport(
                    success: false, diagnosis: "not known: no service can be called “\(arguments.positional[0])”",
                    fix: "Nothing was changed", timestamp: Self.timestamp(),
                    recommendation: "Name the service by its own name: lower-case letters, digits and -, as in "
                        + "kubectl get services -A"))
            return ExitCode.failure
        }
        var settings: ProgramSettings
        let assembly: ClusterAssembly
        do {
            settings = try ProgramSettings(arguments, of: Commands.heal)
            settings.reserve = Self.reportTime
            assembly = try ClusterAssembly.remembering(settings, logTo: { output.line($0) })
        } catch {
            // The contract's last line also stands under a healing that could not begin.
            Terminal.error("cortex heal: \(error)")
            output.end(
                with: WorkerReport(
                    success: false, diagnosis: "not known: Cortex could not start", fix: "\(error)",
                    timestamp: Self.timestamp(), recommendation: "Correct the configuration and ask again."))
            return ExitCode.failure
        }
        defer { assembly.shutdown() }
        // Its budgets count with those of serve; what serve has under way is not closed.
        await assembly.desk.surroundings.ledger.load(now: Date())
        let outage = outage(of: service, settings)
        let isReported = arguments.positional.count > 1 && !arguments.positional[1].isEmpty
        let isDryRun = arguments.has("--dry-run")
        let run = WorkerRun(
            output: output, log: assembly.desk.surroundings.log.named("HEAL-WORKER"),
            limit: settings.policy.deadline + Self.reportTime / 2, timestamp: { Self.timestamp() },
            ended: { await Signals.ended() },
            heal: { say in
                await assembly.desk.attempt(outage, isReported: isReported, isDryRun: isDryRun, say: say)
            })
        return await run.succeeds() ? ExitCode.success : ExitCode.failure
    }

    /// Whoever calls a worker ends it after the worker time-out; its last line has to be out before that.
    private static let reportTime = Duration.seconds(4)

    private func outage(of service: String, _ settings: ProgramSettings) -> Outage {
        let words = arguments.positional
        let message = words.count > 1 && !words[1].isEmpty ? words[1] : "asked to look at it"
        let url = words.count > 2 && !words[2].isEmpty ? words[2] : nil
        var namespace = settings.configuration.defaultNamespace
        if let own = ServiceHost.namespace(ofHost: words[0]),
            words[0].contains(".svc") || settings.configuration.namespaces.contains(own)
        {
            namespace = own
        } else if let named = url.flatMap(ServiceHost.namespace(of:)),
            settings.configuration.namespaces.contains(named)
        {
            namespace = named
        }
        return Outage(
            service: service, namespace: namespace, url: url,
            answer: ServiceAnswer(kind: ErrorText.kind(of: message), message: message))
    }

    private static func timestamp() -> String {
        // Down: a time that is still to come was nobody's.
        RFC3339.string(from: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)))
    }
}
