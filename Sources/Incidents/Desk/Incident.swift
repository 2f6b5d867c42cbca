import Synchronization

/// One incident as those see it who wait for it: whoever joins gets it from its beginning.
final class Incident: Sendable {
    private struct State {
        var events: [HealingEvent] = []
        var followers: [Int: AsyncStream<HealingEvent>.Continuation] = [:]
        var nextFollower = 0
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// A short name, unique in this program's life: what log lines about it carry.
    let id: String
    private let state = Mutex(State())

    /// Progress beyond this many events is not told; the last event always is. Each follower has room for all of them,
    /// so that one who reads slowly does not miss the end.
    private static let maximumEvents = 2000

    init(id: String) { self.id = id }

    func publish(_ event: HealingEvent) {
        let isLast = event.isLast
        let (followers, waiters) = state.withLock {
            state -> ([AsyncStream<HealingEvent>.Continuation], [CheckedContinuation<Void, Never>]) in
            guard !state.hasEnded, isLast || state.events.count < Self.maximumEvents else { return ([], []) }
            state.events.append(event)
            let followers = Array(state.followers.values)
            var waiters: [CheckedContinuation<Void, Never>] = []
            if isLast {
                state.hasEnded = true
                state.followers = [:]
                swap(&waiters, &state.waiters)
            }
            return (followers, waiters)
        }
        for follower in followers {
            follower.yield(event)
            if isLast { follower.finish() }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The events so far and those to come; nil when the incident is over and a new one is due.
    func join() -> AsyncStream<HealingEvent>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: HealingEvent.self, bufferingPolicy: .bufferingOldest(Self.maximumEvents + 1))
        let id = state.withLock { state -> Int? in
            guard !state.hasEnded else { return nil }
            for event in state.events { continuation.yield(event) }
            state.nextFollower += 1
            state.followers[state.nextFollower] = continuation
            return state.nextFollower
        }
        guard let id else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.followers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Returns once the incident is over.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if isOver { continuation.resume() }
        }
    }
}

extension HealingEvent {
    /// Whether nothing follows it.
    var isLast: Bool {
        switch self {
        case .started, .progress: false
        case .completed, .failed: true
        }
    }
}
