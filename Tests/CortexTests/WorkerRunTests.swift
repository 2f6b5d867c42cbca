import Diagnosis
import Healing
import Incidents
import Logging
import Synchronization
import Testing

@testable import cortex

@Suite("A worker's last line")
struct WorkerRunTests {
    /// What was printed, and somebody who waits for a line of it.
    private final class Printed: Sendable {
        private struct State {
            var lines: [String] = []
            var waiting: [(text: String, continuation: CheckedContinuation<Void, Never>)] = []
        }
        private let state = Mutex(State())

        var lines: [String] { state.withLock { $0.lines } }

        func add(_ line: String) {
            let woken = state.withLock { state in
                state.lines.append(line)
                let woken = state.waiting.filter { line.contains($0.text) }
                state.waiting.removeAll { line.contains($0.text) }
                return woken
            }
            for one in woken { one.continuation.resume() }
        }

        func until(_ text: String) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.lines.contains(where: { $0.contains(text) }) { return true }
                    state.waiting.append((text, continuation))
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    private static let healed = HealingOutcome(
        kind: .healed, cause: .scaledToZero, action: .scale, diagnosis: "It was at zero.", message: "Scaled to 2",
        recommendation: nil)

    private static func log(_ output: WorkerOutput) -> Logger {
        Logger(component: "HEAL-WORKER", to: LogOutput(now: { "now" }, sink: { output.line($0) }))
    }

    private func run(
        _ printed: Printed, _ output: WorkerOutput, limit: Duration = .seconds(600),
        grace: Duration = .seconds(600), ended: @escaping @Sendable () async -> Int32,
        heal: @escaping @Sendable (@escaping @Sendable (String) -> Void) async -> HealingOutcome
    ) async throws -> WorkerReport {
        let run = WorkerRun(
            output: output, log: Self.log(output), limit: limit, grace: grace,
            timestamp: { "2026-01-01T00:00:00Z" }, ended: ended, heal: heal)
        let isHealed = await run.succeeds()
        let last = try #require(printed.lines.last)
        let report = try #require(WorkerReport(line: last))
        #expect(report.success == isHealed)
        return report
    }

    @Test("is its report, whatever a healing that was ended in the middle still logs and says")
    func ended() async throws {
        let printed = Printed()
        let output = WorkerOutput(lines: { printed.add($0) }, report: { printed.add($0) })
        let log = Self.log(output)
        let (afterwards, end) = AsyncStream.makeStream(of: Void.self)
        let report = try await run(
            printed, output, grace: .zero,
            ended: {
                await printed.until("PROGRESS: Scaling")
                return 15
            },
            heal: { say in
                say("Scaling to 2")
                // As when the transport is shut down under a write.
                await printed.until("\"success\"")
                say("The change did not reach the API server (cancelled); looking again")
                log.info("Remediation Complete")
                end.finish()
                return Self.healed
            })
        for await _ in afterwards {}
        #expect(!report.success)
        #expect(report.fix == "ended by signal 15 after: Scaling to 2")
        #expect(report.recommendation != nil)
        #expect(
            printed.lines == [
                "PROGRESS: Scaling to 2",
                "[now] [HEAL-WORKER] Healing failed: ended by signal 15 after: Scaling to 2",
                "[now] [HEAL-WORKER] Remediation Complete", report.line,
            ])
    }

    @Test("comes after the end of a healing's own log, which is told to end too", arguments: [true, false])
    func endsItsLog(isHealed: Bool) async throws {
        let printed = Printed()
        let output = WorkerOutput(lines: { printed.add($0) }, report: { printed.add($0) })
        let log = Self.log(output)
        let report = try await run(
            printed, output,
            ended: {
                await printed.until("PROGRESS: Scaling")
                return 15
            },
            heal: { say in
                say("Scaling to 2")
                let (never, hold) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                hold.finish()
                log.info("Remediation Complete")
                var outcome = Self.healed
                if !isHealed { outcome.kind = .failed }
                return outcome
            })
        #expect(report.success == isHealed, "what was proven at the last moment is proven")
        if !isHealed { #expect(report.fix == "ended by signal 15 after: Scaling to 2") }
        #expect(
            printed.lines == ["PROGRESS: Scaling to 2", "[now] [HEAL-WORKER] Remediation Complete", report.line])
    }

    @Test("is its outcome, where it comes to its end")
    func outcome() async throws {
        let printed = Printed()
        defer { printed.add("the test is over") }
        let output = WorkerOutput(lines: { printed.add($0) }, report: { printed.add($0) })
        let report = try await run(
            printed, output,
            ended: {
                await printed.until("the test is over")
                return 15
            },
            heal: { say in
                say("Scaling to 2")
                return Self.healed
            })
        #expect(report.success && report.fix == "Scaled to 2")
        #expect(printed.lines.count == 2)
    }

    @Test("says that it ran out of time")
    func late() async throws {
        let printed = Printed()
        defer { printed.add("the test is over") }
        let output = WorkerOutput(lines: { printed.add($0) }, report: { printed.add($0) })
        let report = try await run(
            printed, output, limit: .zero, grace: .zero,
            ended: {
                await printed.until("the test is over")
                return 15
            },
            heal: { say in
                say("Scaling to 2")
                await printed.until("the test is over")
                return Self.healed
            })
        #expect(!report.success && report.fix?.contains("no end within 0 s after") == true)
    }

    @Test("stands last and alone while many write at once")
    func crowded() async {
        let printed = Printed()
        let output = WorkerOutput(lines: { printed.add($0) }, report: { printed.add($0) })
        await withTaskGroup { group in
            for writer in 0..<8 {
                group.addTask { for line in 0..<500 { output.line("\(writer) \(line)") } }
            }
            for _ in 0..<2 {
                group.addTask {
                    await printed.until("7")
                    output.end(
                        with: WorkerReport(
                            success: false, diagnosis: "none", fix: nil, timestamp: "now", recommendation: nil))
                }
            }
        }
        #expect(printed.lines.count(where: { $0.hasPrefix("{") }) == 1)
        #expect(printed.lines.last?.hasPrefix("{") == true)
    }
}
