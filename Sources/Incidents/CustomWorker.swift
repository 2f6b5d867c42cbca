import Diagnosis
import Healing
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

    func run(_ outage: Outage, say: @escaping @Sendable (String) -> Void) async -> HealingOutcome {
        let request = ChildRequest(
            program: program, arguments: [outage.service, outage.answer.message, outage.url ?? ""], timeout: timeout,
            maximumOutputBytes: Self.maximumOutputBytes)
        let last = Mutex<String?>(nil)
        let result: ChildResult
        do throws(ChildFailure) {
            result = try await ChildProcess.run(request) { line in
                guard !line.allSatisfy(\.isWhitespace) else { return }
                let before = last.withLock { last in
                    defer { last = line }
                    return last
                }
                // The last line is the report and no log line.
                if let before, !before.hasPrefix("PROGRESS:") { log.info(Redaction.line(before, limit: 1000)) }
                if line.hasPrefix("PROGRESS:") {
                    say(String(line.dropFirst("PROGRESS:".count).drop { $0 == " " }))
                }
            }
        } catch {
            return outcome(
                "Cannot find healing worker at \(program): \(error)",
                "Put the worker there and make it executable, or unset SELF_HEAL_WORKER_PATH to use Cortex's own")
        }
        if result.timedOut {
            return outcome(
                "The healing worker did not end within \(timeout) and was ended",
                "Find out what \(program) waits for, or raise CORTEX_WORKER_TIMEOUT")
        }
        let report = last.withLock({ $0 }).flatMap(WorkerReport.init(line:))
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
            diagnosis: report.diagnosis.isEmpty ? outage.answer.message : report.diagnosis, message: fix,
            recommendation: report.success ? nil : report.recommendation ?? "Look at the worker's log")
    }

    private func outcome(_ message: String, _ recommendation: String) -> HealingOutcome {
        HealingOutcome(
            kind: .failed, cause: nil, action: .escalate, diagnosis: "the healing worker failed", message: message,
            recommendation: recommendation)
    }

    private func ended(_ result: ChildResult) -> String {
        if let signal = result.signal { return "it ended by signal \(signal)" }
        return "it ended with exit code \(result.exitCode ?? -1)" + (result.isTruncated ? ", its output was cut" : "")
    }
}
