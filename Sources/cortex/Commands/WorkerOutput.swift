import Incidents
import Synchronization

/// What a worker prints: lines while it works and, last of all, its report. What is still under way by then, a healing
/// that was ended from outside above all, has nowhere to say anything any more.
final class WorkerOutput: Sendable {
    private let isEnded = Mutex(false)
    private let lines: @Sendable (String) -> Void
    private let report: @Sendable (String) -> Void

    /// - Parameters:
    ///   - lines: takes the log and the progress.
    ///   - report: takes the last line.
    init(lines: @escaping @Sendable (String) -> Void, report: @escaping @Sendable (String) -> Void) {
        self.lines = lines
        self.report = report
    }

    func line(_ text: String) { isEnded.withLock { if !$0 { lines(text) } } }

    /// Prints the first report that there is, and nothing after it.
    func end(with report: WorkerReport) {
        isEnded.withLock { isEnded in
            guard !isEnded else { return }
            isEnded = true
            self.report(report.line)
        }
    }
}
