import Synchronization

/// Tells of work that goes on for long that it still does. One sleep serves all of it: most is done long before it is
/// due, and a timer for each piece would cost more than the rest of a quick task.
final class Reminders: Sendable {
    /// Work under way: what to call when it takes long, with how long that is.
    private struct Entry {
        var due: Duration
        var waited: Duration
        var remind: @Sendable (Duration) -> Void
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var last: UInt64 = 0
        var isTicking = false
    }

    private let clock: TaskClock
    /// The first reminder comes after this long, and each further one after as long again.
    private let interval: Duration
    private let state = Mutex(State())

    init(every interval: Duration, clock: TaskClock) {
        self.interval = interval
        self.clock = clock
    }

    /// - Returns: what ends it.
    func begin(_ remind: @escaping @Sendable (Duration) -> Void) -> UInt64 {
        let due = clock.now() + interval
        let (id, isFirst) = state.withLock { state in
            state.last += 1
            state.entries[state.last] = Entry(due: due, waited: .zero, remind: remind)
            defer { state.isTicking = true }
            return (state.last, !state.isTicking)
        }
        if isFirst { Task { await tick() } }
        return id
    }

    /// Whether there is neither work nor a sleep on its behalf.
    var isResting: Bool { state.withLock { $0.entries.isEmpty && !$0.isTicking } }

    func end(_ id: UInt64) { state.withLock { _ = $0.entries.removeValue(forKey: id) } }

    /// All wait equally long, so nothing that begins meanwhile is due before this wakes.
    private func tick() async {
        while let next = nextDue() {
            guard (try? await clock.sleep(max(.zero, next - clock.now()))) != nil else {  // throws when time has ended
                return state.withLock { $0.isTicking = false }
            }
            for (remind, waited) in due(at: clock.now()) { remind(waited) }
        }
    }

    private func nextDue() -> Duration? {
        state.withLock { state in
            let next = state.entries.values.lazy.map(\.due).min()
            state.isTicking = next != nil
            return next
        }
    }

    private func due(at now: Duration) -> [(remind: @Sendable (Duration) -> Void, waited: Duration)] {
        state.withLock { state in
            var found: [(remind: @Sendable (Duration) -> Void, waited: Duration)] = []
            for (id, entry) in state.entries where entry.due <= now {
                let waited = entry.waited + interval
                state.entries[id] = Entry(due: entry.due + interval, waited: waited, remind: entry.remind)
                found.append((entry.remind, waited))
            }
            return found
        }
    }
}
