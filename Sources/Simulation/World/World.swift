public import FoundationEssentials
public import Kubernetes

/// A whole cluster as a value: what its API server stores, its clock, its dice and everything that acts in it.
/// The same seed and the same calls give the same world.
public struct World: Sendable {
    public var store: ObjectStore
    public var random: SplitMix64
    /// Since the simulation's beginning.
    public internal(set) var seconds = 0.0
    /// Seconds since 1970 at the simulation's beginning.
    public let epoch: Double
    /// The API server beside its objects: tokens, faults.
    public var api: APIState
    /// What is true beyond the objects: processes, registries, the network.
    public var machines = Machines()
    /// In the fixed order in which they run.
    public var controllers: [any Controller] = []
    /// Up to where the controllers have seen the log.
    private var seen: Int

    /// - Parameter epoch: default 2026-01-01T00:00:00Z.
    public init(seed: UInt64, epoch: Double = 1_767_225_600) {
        random = SplitMix64(seed: seed)
        store = ObjectStore(seed: seed &+ 1)
        api = APIState(seed: seed &+ 2)
        seen = store.end
        self.epoch = epoch
    }

    public func date(_ time: Double) -> Date { Date(timeIntervalSince1970: epoch + time) }

    /// Now, as `metav1.MicroTime`.
    public var microTime: String { Stamp.microText(epoch + seconds) }

    // MARK: Time

    /// Lets the controllers work until none has anything to do at this instant.
    public mutating func settle() {
        for _ in 0..<10_000 {
            guard let news = store.changes(since: seen) else {
                preconditionFailure("the log was compacted before the controllers saw it")
            }
            let changes = Array(news)
            seen = store.end
            var own = controllers
            controllers = []
            var isDue = false
            for index in own.indices {
                let due = own[index].nextWake(self).map { $0 <= seconds } ?? false
                guard due || !changes.isEmpty else { continue }
                isDue = isDue || due
                own[index].reconcile(world: &self, changes: changes)
            }
            controllers = own
            store.trim(after: seen)
            if changes.isEmpty, !isDue { return }
        }
        preconditionFailure("the controllers do not come to rest")
    }

    /// When something will happen by itself; nil when nothing will.
    public var nextWake: Double? { controllers.compactMap { $0.nextWake(self) }.min() }

    /// Moves the clock, from event to event.
    public mutating func step(until time: Double) {
        settle()
        while let next = nextWake, next <= time {
            seconds = max(seconds, next)
            settle()
        }
        seconds = max(seconds, time)
    }
}
