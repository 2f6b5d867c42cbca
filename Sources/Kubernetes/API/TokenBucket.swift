/// A rate limit on one's own requests: `rate` a second on average, `burst` at once.
public struct TokenBucket: Sendable, Hashable {
    public let rate: Double
    public let burst: Double
    /// May go below zero: reservations that were told to wait.
    private var tokens: Double
    private var filledAt: Duration

    public init(rate: Double, burst: Int, now: Duration) {
        precondition(rate > 0 && burst > 0, "a bucket that never fills blocks for ever")
        self.rate = rate
        self.burst = Double(burst)
        tokens = Double(burst)
        filledAt = now
    }

    /// Takes one token and says how long to wait before acting on it; nil, and nothing taken, when that is longer than
    /// `limit`.
    public mutating func reserve(now: Duration, limit: Duration) -> Duration? {
        if now > filledAt {
            tokens = min(burst, tokens + (now - filledAt) / .seconds(1) * rate)
            filledAt = now
        }
        let wait = tokens >= 1 ? Duration.zero : .seconds((1 - tokens) / rate)
        guard wait <= limit else { return nil }
        tokens -= 1
        return wait
    }
}
