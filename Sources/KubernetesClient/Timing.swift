public import FoundationEssentials
internal import Dispatch

/// Clocks, sleep and chance, as values, so that a test decides about all of them.
public struct Timing: Sendable {
    /// Monotonic, from an arbitrary start.
    public var now: @Sendable () -> Duration
    /// Wall time, only compared with what servers and plugins write.
    public var date: @Sendable () -> Date
    /// Ends early by throwing when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Seeds the jitter of one machine.
    public var seed: @Sendable () -> UInt64

    public init(
        now: @escaping @Sendable () -> Duration, date: @escaping @Sendable () -> Date,
        sleep: @escaping @Sendable (Duration) async throws -> Void, seed: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.date = date
        self.sleep = sleep
        self.seed = seed
    }

    /// The machine's own clocks.
    public static let live: Timing = {
        let start = ContinuousClock.now
        return Timing(
            now: { ContinuousClock.now - start }, date: { Date() },
            sleep: { try await Task.sleep(for: $0) }, seed: { .random(in: .min ... .max) })
    }()
}

/// Runs what blocks (a small file read) outside of Swift's cooperative threads.
func offCooperativeThreads<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: work()) }
    }
}
