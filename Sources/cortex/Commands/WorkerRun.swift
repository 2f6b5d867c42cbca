import Healing
import Incidents
import JSON
import Logging
import Synchronization

/// One healing under the worker contract. It ends with its outcome, with a signal or with its time, whichever is first,
/// and its last line says which.
struct WorkerRun: Sendable {
    let output: WorkerOutput
    let limit: Duration
    let timestamp: @Sendable () -> String
    /// Returns when somebody asks the program to end, with the signal's number.
    let ended: @Sendable () async -> Int32
    let heal: @Sendable (_ say: @escaping @Sendable (String) -> Void) async -> HealingOutcome

    /// Whether it healed. Whatever else is still under way then ends with the program.
    func succeeds() async -> Bool {
        let (reports, first) = AsyncStream.makeStream(of: WorkerReport.self)
        let lastSaid = LastSaid()
        Task {
            let outcome = await heal { message in
                lastSaid.text.withLock { $0 = message }
                output.line("PROGRESS: \(message.escapedForTerminal)")
            }
            first.yield(WorkerReport(outcome, timestamp: timestamp()))
        }
        Task {
            let signal = await ended()
            first.yield(unfinished("ended by signal \(signal) after: \(lastSaid.text.withLock { $0 })"))
        }
        Task {
            // Never cancelled: the program ends before it, or with it.
            try? await Task.sleep(for: limit)
            first.yield(unfinished("no end within \(limit) after: \(lastSaid.text.withLock { $0 })"))
        }
        for await report in reports {
            output.end(with: report)
            return report.success
        }
        output.end(with: unfinished("cancelled before it began"))
        return false
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
