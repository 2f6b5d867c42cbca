import JSON
public import Logging
import Synchronization

/// Takes requests, runs each as a task detached from its client, and keeps what has ended for a while.
public final class TaskService: Sendable {
    /// A task, and whether this request began it or joined it.
    public struct Submission: Sendable {
        public var task: TaskHandle
        public var isNew: Bool
    }

    /// How many tasks there are.
    public struct Counts: Hashable, Sendable {
        public var running = 0
        public var finished = 0
        /// Finished tasks let go before their time, because there were too many or they were too large.
        public var dropped = 0

        public init(running: Int = 0, finished: Int = 0, dropped: Int = 0) {
            self.running = running
            self.finished = finished
            self.dropped = dropped
        }
    }

    private struct Finished {
        var id: String
        var end: Duration
        var bytes: Int
    }

    private struct State {
        var tasks: [String: TaskHandle] = [:]
        /// Those that run, by id: when they began.
        var work: [String: Duration] = [:]
        /// In the order in which they ended; those before `oldest` are gone already.
        var finished: [Finished] = []
        var oldest = 0
        var finishedBytes = 0
        var dropped = 0
        var running = 0
        var isStopping = false
        var idle: [CheckedContinuation<Void, Never>] = []
    }

    public let limits: TaskLimits
    private let flow: TaskFlow
    private let makeID: @Sendable () -> String
    private let observer: any TaskObserving
    private let log: Logger?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - log: where failed tasks are logged, and the others as details.
    ///   - makeID: a new id for a request that brings none; unique, and valid as
    ///     `TaskRequest.isValid(id:)`.
    public init(
        flow: TaskFlow, observer: any TaskObserving, log: Logger? = nil, makeID: @escaping @Sendable () -> String
    ) {
        self.flow = flow
        self.observer = observer
        self.log = log
        self.makeID = makeID
        limits = flow.limits
    }

    /// Begins a task, or joins the one that the same request began before: a client whose connection broke sends its
    /// POST again, and a tool must not run twice for that. The same id with another query is refused.
    public func submit(_ request: TaskRequest) throws(TaskRefusal) -> Submission {
        let query = request.query
        guard query.contains(where: { !$0.isWhitespace }) else { throw .emptyQuery }
        guard query.utf8.count <= limits.maximumQueryBytes else {
            throw .queryTooLong(bytes: query.utf8.count, maximum: limits.maximumQueryBytes)
        }
        if let id = request.id, !TaskRequest.isValid(id: id) { throw .invalidID }
        let id = request.id ?? makeID()
        let now = flow.clock.now()
        var gone: [TaskHandle] = []
        let submission: Result<Submission, TaskRefusal> = state.withLock { state in
            sweep(&state, now: now, &gone)
            if let known = state.tasks[id] {
                return known.query == query ? .success(Submission(task: known, isNew: false)) : .failure(.idTaken(id))
            }
            if state.isStopping { return .failure(.stopping) }
            guard state.running < limits.maximumRunning else { return .failure(.busy(running: state.running)) }
            let task = TaskHandle(id: id, query: query, maximumEvents: limits.maximumEvents)
            state.tasks[id] = task
            state.running += 1
            state.work[id] = now
            return .success(Submission(task: task, isNew: true))
        }
        let begun = try submission.get()
        // Detached from the client's connection on purpose: who leaves does not stop a healing.
        if begun.isNew { begun.task.work(in: Task { await self.run(begun.task) }) }
        return begun
    }

    /// A task that runs, or has ended and is still kept.
    public func task(_ id: String) -> TaskHandle? {
        let now = flow.clock.now()
        var gone: [TaskHandle] = []
        return state.withLock { state in
            sweep(&state, now: now, &gone)
            return state.tasks[id]
        }
    }

    public var counts: Counts {
        state.withLock {
            Counts(running: $0.running, finished: $0.finished.count - $0.oldest, dropped: $0.dropped)
        }
    }

    /// Lets go of finished tasks whose time is over, which every use of the service does too, and of watchers that
    /// have left.
    public func sweep() {
        let now = flow.clock.now()
        var gone: [TaskHandle] = []
        let running = state.withLock { state in
            sweep(&state, now: now, &gone)
            return state.work.keys.compactMap { state.tasks[$0] }
        }
        for task in running { task.forgetGoneWatchers() }
    }

    /// Takes no new tasks, gives those that run `grace` to end, and ends the rest as failed, so that every stream
    /// and every waiting client gets an end. What a healing began in the cluster stays as it is.
    public func stop(grace: Duration) async {
        let running = state.withLock { state -> [TaskHandle] in
            state.isStopping = true
            return state.work.keys.compactMap { state.tasks[$0] }
        }
        for task in running {
            let message = "Cortex is stopping; this task has \(grace.components.seconds) s left to end"
            task.append(.processingDelay(message: message))
        }
        let clock = flow.clock
        let deadline = Task {
            guard (try? await clock.sleep(grace)) != nil else { return }  // cancelled: everything has ended
            self.abandonAll()
        }
        await idle()
        deadline.cancel()
    }

    private func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.running > 0 { state.idle.append(continuation) }
                return state.running == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    private func abandonAll() {
        let error = """
            Cortex is stopping before this task ended; what was begun in the cluster stays as it is: send the query \
            again once Cortex runs
            """
        for task in state.withLock({ state in state.work.keys.compactMap { state.tasks[$0] } }) {
            let work = task.work
            finish(task, TaskOutcome(status: .failed, result: ["error": .string(error)], error: error))
            work?.cancel()
        }
    }

    private func run(_ task: TaskHandle) async {
        task.append(.processingStart(id: task.id, query: task.query))
        let outcome = await flow.run(id: task.id, query: task.query) { task.append($0) }
        finish(task, outcome)
    }

    private func finish(_ task: TaskHandle, _ outcome: TaskOutcome) {
        guard task.end(outcome) else { return }
        let (now, bytes) = (flow.clock.now(), task.bytes)
        var gone: [TaskHandle] = []
        let (start, waiting) = state.withLock { state -> (Duration?, [CheckedContinuation<Void, Never>]) in
            let start = state.work.removeValue(forKey: task.id)
            state.running -= 1
            state.finished.append(Finished(id: task.id, end: now, bytes: bytes))
            state.finishedBytes += bytes
            sweep(&state, now: now, &gone)
            guard state.running == 0 else { return (start, []) }
            defer { state.idle = [] }
            return (start, state.idle)
        }
        observer.taskEnded(status: outcome.status, duration: start.map { now - $0 } ?? .zero)
        if let error = outcome.error {
            log?.with("request", task.id).info("Task failed: \(error)")
        } else if let log, log.writes(.debug) {
            log.with("request", task.id).debug("Task completed")
        }
        for continuation in waiting { continuation.resume() }
    }

    /// - Parameter gone: what was let go of; it is freed after the lock.
    private func sweep(_ state: inout State, now: Duration, _ gone: inout [TaskHandle]) {
        while state.oldest < state.finished.count {
            let first = state.finished[state.oldest]
            let isOld = now - first.end >= limits.keepFinished
            let count = state.finished.count - state.oldest
            guard isOld || count > limits.maximumFinished || state.finishedBytes > limits.maximumFinishedBytes else {
                break
            }
            if !isOld { state.dropped += 1 }
            if let task = state.tasks.removeValue(forKey: first.id) { gone.append(task) }
            state.finishedBytes -= first.bytes
            state.oldest += 1
        }
        if state.oldest > 512, state.oldest * 2 > state.finished.count {
            state.finished.removeFirst(state.oldest)
            state.oldest = 0
        }
    }
}
