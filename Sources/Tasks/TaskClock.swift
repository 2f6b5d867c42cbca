/// Time as tasks see it, so that a test can hold it.
public struct TaskClock: Sendable {
    /// Time since any fixed moment; never goes back.
    public var now: @Sendable () -> Duration
    /// Throws when its task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's own.
    public static func continuous() -> TaskClock {
        let clock = ContinuousClock()
        let start = clock.now
        return TaskClock(now: { start.duration(to: clock.now) }, sleep: { try await clock.sleep(for: $0) })
    }
}
