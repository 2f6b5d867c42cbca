import FoundationEssentials
public import Healing
public import Kubernetes
import Synchronization

/// Finds incidents by itself: takes what the watches show, one workload at a time, and opens an incident at the same
/// desk that requests use. It never asks the cluster unless something changed or a symptom must have lasted.
public final class IncidentWatch: Sendable {
    struct State {
        var cluster: WatchedCluster
        var machine: SymptomMachine
        var queue: WorkQueue<WorkloadReference>
        /// The first lists are complete: before, what is missing may only not have been read yet.
        var hasBegun = false
        /// The incident of a mass failure, and when it was last seen.
        var mass: (id: String, seen: Date)?
        var told = ToldIncidents()
    }

    /// Workloads that are looked at or healed at one time; more wait.
    private static let maximumInFlight = 16

    let desk: IncidentDesk
    let state: Mutex<State>
    private let start: Date
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameter seed: for the pauses of the queue.
    public init(_ desk: IncidentDesk, machine: SymptomMachine, seed: UInt64) {
        self.desk = desk
        start = desk.surroundings.now()
        state = Mutex(
            State(cluster: WatchedCluster(), machine: machine, queue: WorkQueue(seed: seed)))
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// What the watches saw. Called on their tasks; it does not block.
    public func apply(_ change: (inout WatchedCluster) -> Set<WorkloadReference>) {
        let hasWork = state.withLock { state in
            let touched = change(&state.cluster)
            for reference in touched { state.queue.add(reference) }
            return state.hasBegun && !touched.isEmpty
        }
        if hasWork { signal.yield() }
    }

    /// Replica counts as last seen above zero, from an earlier run.
    public func recall(_ counts: [WorkloadReference: Int]) { state.withLock { $0.cluster.remember(counts) } }

    /// All first lists are complete.
    public func begin() {
        state.withLock { $0.hasBegun = true }
        signal.yield()
    }

    /// How many workloads are watched, and how many show a symptom.
    public var counts: (watched: Int, failing: Int) { state.withLock { $0.machine.counts } }

    /// Works until its task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            var alarm: Task<Void, Never>?
            for await _ in signals {
                alarm?.cancel()
                let (keys, next) = take()
                for key in keys {
                    group.addTask {
                        await self.work(on: key)
                        self.state.withLock { $0.queue.done(key) }
                        self.signal.yield()
                    }
                }
                alarm = next.map { time in
                    Task {
                        // Cancelled means that another alarm replaced this one.
                        guard (try? await Task.sleep(for: time)) != nil else { return }
                        self.signal.yield()
                    }
                }
            }
            alarm?.cancel()
            group.cancelAll()
        }
    }

    /// Keys to work on now, and how long until the next one is due.
    private func take() -> (keys: [WorkloadReference], next: Duration?) {
        let now = elapsed
        return state.withLock { state in
            guard state.hasBegun else { return ([], nil) }
            var keys: [WorkloadReference] = []
            while state.queue.inFlight < Self.maximumInFlight, let key = state.queue.next(now: now) { keys.append(key) }
            // A full house is left by `done`, which signals.
            return (keys, state.queue.nextTime.map { max(.milliseconds(1), $0 - now) })
        }
    }

    private var elapsed: Duration { .seconds(desk.surroundings.now().timeIntervalSince(start)) }

    /// Asks again about a workload at this time.
    func again(_ reference: WorkloadReference, at time: Date) {
        state.withLock { $0.queue.add(reference, at: .seconds(time.timeIntervalSince(start))) }
        signal.yield()
    }
}
