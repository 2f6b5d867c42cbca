import Configuration
import Diagnosis
import FoundationEssentials
import Healing
import Incidents
import JSON
import Logging
import Synchronization

/// `cortex heal`: one service, under the worker contract.
struct HealCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() async -> Int32 {
        let service = arguments.positional[0]
        let isJSON = arguments.options["--output"] == "json"
        if let format = arguments.options["--output"], format != "json", format != "text" {
            Terminal.error("cortex heal: --output must be json or text, not “\(format)”")
            return ExitCode.usage
        }
        var settings: ProgramSettings
        let assembly: ClusterAssembly
        do {
            settings = try ProgramSettings(arguments, of: Commands.heal)
            settings.reserve = Self.reportTime
            let output = isJSON ? Terminal.errorDescriptor : Terminal.outDescriptor
            assembly = try ClusterAssembly.remembering(settings, logTo: output)
        } catch {
            // The contract's last line also stands under a healing that could not begin.
            Terminal.error("cortex heal: \(error)")
            Terminal.out(
                failure("not known: Cortex could not start", "\(error)", "Correct the configuration and ask again.")
                    .line)
            return ExitCode.failure
        }
        defer { assembly.shutdown() }
        // Its budgets count with those of serve; what serve has under way is not closed.
        await assembly.desk.surroundings.ledger.load(now: Date())
        let report = await report(of: service, settings, assembly, isJSON)
        Terminal.out(report.line)
        return report.success ? ExitCode.success : ExitCode.failure
    }

    /// The healing's report, or one that says why it was ended: a signal or its deadline.
    private func report(
        of service: String, _ settings: ProgramSettings, _ assembly: ClusterAssembly, _ isJSON: Bool
    ) async -> WorkerReport {
        let outage = outage(of: service, settings)
        let isReported = arguments.positional.count > 1 && !arguments.positional[1].isEmpty
        let lastSaid = LastSaid()
        let limit = settings.policy.deadline + Self.reportTime / 2
        // Whichever is first; the program ends with it, and the others with the program.
        let (reports, first) = AsyncStream.makeStream(of: WorkerReport.self)
        Task {
            let outcome = await assembly.desk.attempt(
                outage, isReported: isReported, isDryRun: arguments.has("--dry-run")
            ) { message in
                lastSaid.text.withLock { $0 = message }
                (isJSON ? Terminal.error : Terminal.out)("PROGRESS: \(message.escapedForTerminal)")
            }
            first.yield(WorkerReport(outcome, timestamp: Self.timestamp()))
        }
        Task {
            let signal = await Signals.ended()
            let said = lastSaid.text.withLock { $0 }
            first.yield(failure("not known to the end", "ended by signal \(signal) after: \(said)", Self.askAgain))
        }
        Task {
            // Never cancelled: the program ends before it, or with it.
            try? await Task.sleep(for: limit)
            let said = lastSaid.text.withLock { $0 }
            first.yield(failure("not known to the end", "no end within \(limit) after: \(said)", Self.askAgain))
        }
        for await report in reports { return report }
        return failure("not known", "cancelled before it began", Self.askAgain)
    }

    /// Whoever calls a worker ends it after the worker time-out; its last line has to be out before that.
    private static let reportTime = Duration.seconds(4)

    private static let askAgain = "Ask again: Cortex looks at the cluster as it is and finishes what was begun."

    private func outage(of service: String, _ settings: ProgramSettings) -> Outage {
        let words = arguments.positional
        let message = words.count > 1 && !words[1].isEmpty ? words[1] : "asked to look at it"
        let url = words.count > 2 && !words[2].isEmpty ? words[2] : nil
        var namespace = settings.configuration.defaultNamespace
        if let named = url.flatMap(ServiceHost.namespace), settings.configuration.namespaces.contains(named) {
            namespace = named
        }
        return Outage(
            service: service, namespace: namespace, url: url,
            answer: ServiceAnswer(kind: ErrorText.kind(of: message), message: message))
    }

    private func failure(_ diagnosis: String, _ message: String, _ recommendation: String) -> WorkerReport {
        WorkerReport(
            success: false, diagnosis: diagnosis, fix: message, timestamp: Self.timestamp(),
            recommendation: recommendation)
    }

    /// What the healing said last, for the report of one that is ended from outside.
    private final class LastSaid: Sendable {
        let text = Mutex("nothing yet")
    }

    private static func timestamp() -> String {
        RFC3339.string(from: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded()))
    }
}
