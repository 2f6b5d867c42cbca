import Diagnosis
import Healing
import Kubernetes
import Logging
import Subprocess
import Synchronization

/// A program of the user's that heals instead of Cortex, under the worker contract: called with SERVICE ERROR URL,
/// prints `PROGRESS: …` lines, and as its last line one line of JSON.
struct CustomWorker: Sendable {
    let program: String
    let timeout: Duration
    let log: Logger

    /// Lines are read as they come; of the whole output nothing more is needed.
    private static let maximumOutputBytes = 64 << 10
    /// The report is one line, and may hold a whole log.
    private static let maximumLineBytes = 1 << 20
    /// Of what the report says: everybody who waits gets it.
    private static let maximumReportText = 4000

    func run(_ outage: Outage, say: @escaping @Sendable (String) -> Void) async -> HealingOutcome {
        let request = ChildRequest(
            program: program, arguments: [outage.service, outage.answer.message, outage.url ?? ""], timeout: timeout,
            maximumOutputBytes: Self.maximumOutputBytes, maximumLineBytes: Self.maximumLineBytes)
        let lines = Mutex(WorkerLines())
        let result: ChildResult
        do throws(ChildFailure) {
            result = try await ChildProcess.run(request) { line in
                for word in lines.withLock({ $0.on(line) }) {
                    switch word {
                    case .progress(let text): say(text)
                    case .log(let text): log.info(text)
                    }
                }
            }
        } catch {
            return outcome(
                "Cannot find healing worker at \(program): \(error)",
                "Put the worker there and make it executable, or unset SELF_HEAL_WORKER_PATH to use Cortex's own")
        }
        let (last, dropped) = lines.withLock { ($0.last, $0.dropped) }
        if dropped > 0 {
            say("The healing worker printed more than \(WorkerLines.maximum) lines; \(dropped) were dropped")
        }
        if result.timedOut {
            return outcome(
                "The healing worker did not end within \(timeout.inWords) and was ended",
                "Find out what \(program) waits for, or raise CORTEX_WORKER_TIMEOUT")
        }
        let report = last.flatMap(WorkerReport.init(line:))
        if report?.success != true,
            let program = MissingProgram.named(in: result.standardError + [0x0A] + result.standardOutput)
        {
            return outcome(
                "The healing worker calls \(program), which is not there (\(ended(result)))",
                "Use an image that has \(program): cortex-api brings bash, jq and kubectl, its minimal variant does not"
            )
        }
        guard let report else {
            return outcome(
                "The healing worker's output format was invalid (\(ended(result)))",
                "The last line must be one line of JSON with success, diagnosis and fix_applied or fix_attempted")
        }
        let fix = report.fix ?? "the worker does not say what it did"
        return HealingOutcome(
            kind: report.success ? .healed : .failed, cause: nil, action: .escalate,
            diagnosis: report.diagnosis.isEmpty ? outage.answer.message : Self.bounded(report.diagnosis),
            message: Self.bounded(fix),
            recommendation: report.success
                ? nil : Self.bounded(report.recommendation ?? "Look at the worker's log"))
    }

    private static func bounded(_ text: String) -> String { Redaction.line(text, limit: maximumReportText) }

    private func outcome(_ message: String, _ recommendation: String) -> HealingOutcome {
        HealingOutcome(
            kind: .failed, cause: nil, action: .escalate, diagnosis: "The healing worker failed.", message: message,
            recommendation: recommendation)
    }

    private func ended(_ result: ChildResult) -> String {
        if let signal = result.signal { return "it ended by signal \(signal)" }
        return "it ended with exit code \(result.exitCode ?? -1)" + (result.isTruncated ? ", its output was cut" : "")
    }
}
