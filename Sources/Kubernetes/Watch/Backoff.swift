/// Growing pauses between tries: each twice the one before, up to a maximum, with a random share on top so that many
/// clients of a server that came back do not all call at once.
public struct Backoff: Sendable, Hashable {
    public var initial: Duration
    public var maximum: Duration
    /// The random share: 1 gives a pause between its value and twice its value. The maximum holds for the sum.
    public var jitter: Double
    /// Pauses handed out since the last reset.
    public private(set) var count = 0

    public init(initial: Duration, maximum: Duration, jitter: Double = 1) {
        self.initial = initial
        self.maximum = maximum
        self.jitter = jitter
    }

    /// What client-go's reflector uses: 800 ms to 30 s.
    public static let watching = Backoff(initial: .milliseconds(800), maximum: .seconds(30))

    public mutating func next(using random: inout SplitMix64) -> Duration {
        // 2^20 times the initial pause is beyond every maximum in use, and the product stays finite.
        let base = initial * Double(UInt64(1) << UInt64(min(count, 20)))
        count += 1
        return min(maximum, base * (1 + jitter * random.fraction()))
    }

    public mutating func reset() { count = 0 }
}
