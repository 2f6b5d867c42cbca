import JSON
import Synchronization

/// One task as those see it who wait for it or watch it. Letting go of it does not stop the task.
public final class TaskHandle: EventSource {
    /// A moment of the task.
    public struct Snapshot: Sendable {
        public var status: TaskStatus
        /// JSON; nil while the task runs.
        public var result: [UInt8]?
        /// Events so far, kept or not.
        public var eventCount: Int
    }

    private struct State {
        var events: [NumberedEvent] = []
        var nextNumber = 1
        var bytes = 0
        var status = TaskStatus.running
        var result: [UInt8]?
        var watchers: [any TaskWatching] = []
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var whenFinished: [@Sendable () -> Void] = []
        var work: Task<Void, Never>?
    }

    public let id: String
    public let query: String
    private let maximumEvents: Int
    private let state = Mutex(State())

    init(id: String, query: String, maximumEvents: Int) {
        self.id = id
        self.query = query
        self.maximumEvents = maximumEvents
    }

    public var snapshot: Snapshot {
        state.withLock { Snapshot(status: $0.status, result: $0.result, eventCount: $0.nextNumber - 1) }
    }

    /// The kept events whose number is above `number`, in order.
    public func events(after number: Int) -> EventBatch {
        state.withLock { state in
            // A client may claim to have any number of events.
            let number = min(max(number, 0), state.nextNumber - 1)
            let firstKept = state.nextNumber - state.events.count
            let from = max(number + 1, firstKept)
            let events = from < state.nextNumber ? state.events[(from - firstKept)...] : []
            let missed = max(0, firstKept - number - 1)
            return EventBatch(events: events, missed: missed, isLast: state.status != .running)
        }
    }

    /// Tells a watcher of every event from now on until it says that it is done. It should read once itself after
    /// this call, for what came before.
    public func watch(_ watcher: any TaskWatching) {
        state.withLock { state in
            // An ended task says nothing any more; the watcher's own read finds the end.
            if state.status == .running { state.watchers.append(watcher) }
        }
    }

    public var watcherCount: Int { state.withLock { $0.watchers.count } }

    /// Returns when the task has ended, or when the caller is cancelled.
    public func finished() async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.status == .running, !Task.isCancelled else { return true }
                    state.waiting[waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume()
        }
    }

    /// Calls once the task has ended: now where it has, else from the thread that ends it.
    public func whenFinished(_ call: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            guard state.status == .running else { return true }
            state.whenFinished.append(call)
            return false
        }
        if isOver { call() }
    }

    /// Lets go of watchers that are done. A task that says nothing for long does not find out by itself.
    func forgetGoneWatchers() {
        let watchers = state.withLock { $0.watchers }
        forget(watchers.filter { !$0.isWatching })
    }

    /// The work that the task is, so that it can be given up; forgotten when it ends.
    func work(in work: Task<Void, Never>) {
        state.withLock { if $0.status == .running { $0.work = work } }
    }

    var work: Task<Void, Never>? { state.withLock { $0.work } }

    /// What the task holds in memory, roughly.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Adds an event and tells the watchers. After the end nothing is added any more.
    func append(_ event: TaskEvent) {
        let watchers: [any TaskWatching]? = state.withLock { state in
            guard state.status == .running else { return nil }
            add(event, to: &state)
            return state.watchers
        }
        if let watchers { tell(watchers) }
    }

    /// Ends the task once; false when it had ended before.
    func end(_ outcome: TaskOutcome) -> Bool {
        let result = outcome.result.rendered
        let ended = state.withLock {
            state -> State? in
            guard state.status == .running else { return nil }
            if let error = outcome.error { add(.error(error), to: &state) }
            add(.processingComplete(id: id, status: outcome.status, result: result), to: &state)
            state.status = outcome.status
            state.result = result
            state.bytes += result.count
            defer {
                state.watchers = []
                state.waiting = [:]
                state.whenFinished = []
                state.work = nil
            }
            return state
        }
        guard let ended else { return false }
        for continuation in ended.waiting.values { continuation.resume() }
        for call in ended.whenFinished { call() }
        for watcher in ended.watchers { _ = watcher.taskHasEvents() }
        return true
    }

    private func add(_ event: TaskEvent, to state: inout State) {
        let numbered = NumberedEvent(event, number: state.nextNumber)
        state.events.append(numbered)
        state.bytes += numbered.frame.count
        state.nextNumber += 1
        if state.events.count > maximumEvents { state.bytes -= state.events.removeFirst().frame.count }
    }

    private func tell(_ watchers: [any TaskWatching]) {
        forget(watchers.filter { !$0.taskHasEvents() })
    }

    private func forget(_ gone: [any TaskWatching]) {
        guard !gone.isEmpty else { return }
        let gone = Set(gone.map(ObjectIdentifier.init))
        state.withLock { $0.watchers.removeAll { gone.contains(ObjectIdentifier($0)) } }
    }
}
