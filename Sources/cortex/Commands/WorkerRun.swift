import Healing
import Incidents
import JSON
import Kubernetes
import Logging
import Synchronization

/// One healing under the worker contract. It ends with its outcome, with a signal or with its time, whichever is first,
/// and its last line says which.
struct WorkerRun: Sendable {
    private enum Event: Sendable {
        case done(WorkerReport)
        /// It has to end before it is done, and why.
        case ended(String)
        /// It was told to end and does not.
        case stuck
    }

    let output: WorkerOutput
    let log: Logger
    let limit: Duration
    /// For a healing that is ended to say so in its log. Less than the time kept for the report.
    var grace = Duration.seconds(1)
    let timestamp: @Sendable () -> String
    /// Returns when somebody asks the program to end, with the signal's number.
    let ended: @Sendable () async -> Int32
    /// Cancelled, it ends its own log.
    let heal: @Sendable (_ say: @escaping @Sendable (String) -> Void) async -> HealingOutcome

    /// Whether it healed. Whatever else is still under way then ends with the program.
    func succeeds() async -> Bool {
        let (events, happened) = AsyncStream.makeStream(of: Event.self)
        let lastSaid = LastSaid()
        let healing = Task {
            let outcome = await heal { message in
                lastSaid.text.withLock { $0 = message }
                output.line("PROGRESS: \(message.escapedForTerminal)")
            }
            happened.yield(.done(WorkerReport(outcome, timestamp: timestamp())))
        }
        Task {
            let signal = await ended()
            happened.yield(.ended("ended by signal \(signal) after: \(lastSaid.text.withLock { $0 })"))
        }
        Task {
            // Never cancelled: the program ends before it, or with it.
            try? await Task.sleep(for: limit)
            happened.yield(.ended("no end within \(limit.inWords) after: \(lastSaid.text.withLock { $0 })"))
        }
        var reason: String?
        for await event in events {
            switch event {
            case .done(let report):
                // What was proven just before it was ended is proven.
                return end(with: report.success ? report : reason.map(unfinished) ?? report)
            case .ended(let why) where reason == nil:
                reason = why
                healing.cancel()
                Task {
                    // Never cancelled either.
                    try? await Task.sleep(for: grace)
                    happened.yield(.stuck)
                }
            case .ended: continue
            case .stuck:
                log.info("Healing failed: \(reason ?? "")")
                log.info("Remediation Complete")
                return end(with: unfinished(reason ?? ""))
            }
        }
        return end(with: unfinished("cancelled before it began"))
    }

    private func end(with report: WorkerReport) -> Bool {
        output.end(with: report)
        return report.success
    }

    private func unfinished(_ why: String) -> WorkerReport {
        WorkerReport(
            success: false, diagnosis: "not known to the end", fix: why, timestamp: timestamp(),
            recommendation: "Ask again: Cortex looks at the cluster as it is and finishes what was begun.")
    }

    /// What the healing said last, for the report of one that is ended from outside.
    private final class LastSaid: Sendable {
        let text = Mutex("nothing yet")
    }
}
