import Synchronization
import TestSupport
import Testing

@testable import Tasks

@Suite("reminders of work that takes long")
struct RemindersTests {
    /// Time that goes on only when the test says so.
    private final class Time: Sendable {
        private let state = Mutex(
            (now: Duration.zero, sleeping: [(until: Duration, CheckedContinuation<Void, Never>)]()))

        var clock: TaskClock {
            TaskClock(
                now: { self.state.withLock { $0.now } },
                sleep: { duration in
                    await withCheckedContinuation { continuation in
                        self.state.withLock { $0.sleeping.append(($0.now + duration, continuation)) }
                    }
                })
        }

        var sleepers: Int { state.withLock { $0.sleeping.count } }

        func pass(_ duration: Duration) {
            let due = state.withLock { state in
                state.now += duration
                let now = state.now
                defer { state.sleeping.removeAll { $0.until <= now } }
                return state.sleeping.filter { $0.until <= now }
            }
            for (_, continuation) in due { continuation.resume() }
        }
    }

    @Test("each piece of work is reminded of at its own time, again and again, until it ends")
    func reminds() async {
        let time = Time()
        let reminders = Reminders(every: .seconds(10), clock: time.clock)
        let said = Mutex<[String]>([])
        func begin(_ name: String) -> UInt64 {
            reminders.begin { waited in said.withLock { $0.append("\(name) \(waited.components.seconds)") } }
        }
        let first = begin("first")
        #expect(await eventually { time.sleepers == 1 })
        time.pass(.seconds(4))
        let second = begin("second")
        time.pass(.seconds(6))
        #expect(await eventually { said.withLock { $0 } == ["first 10"] && time.sleepers == 1 })
        reminders.end(first)
        time.pass(.seconds(4))
        #expect(await eventually { said.withLock { $0 } == ["first 10", "second 10"] && time.sleepers == 1 })
        time.pass(.seconds(10))
        #expect(await eventually { said.withLock { $0.last } == "second 20" && time.sleepers == 1 })
        reminders.end(second)
    }

    @Test("when nothing is under way nothing ticks, and it begins anew with the next work")
    func rests() async {
        let time = Time()
        let reminders = Reminders(every: .seconds(10), clock: time.clock)
        let said = Mutex(0)
        let quick = reminders.begin { _ in said.withLock { $0 += 1 } }
        #expect(await eventually { time.sleepers == 1 })
        reminders.end(quick)
        time.pass(.seconds(10))
        // The tick that found nothing has ended: the next work begins another.
        #expect(await eventually { reminders.isResting })
        let slow = reminders.begin { _ in said.withLock { $0 += 1 } }
        #expect(await eventually { time.sleepers == 1 })
        time.pass(.seconds(10))
        #expect(await eventually { said.withLock { $0 } == 1 })
        reminders.end(slow)
    }
}
