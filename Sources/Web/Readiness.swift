import Synchronization

/// What keeps Cortex from doing its work, by part; empty when nothing does.
public final class Readiness: Sendable {
    private let reasons: Mutex<[String: String]>

    /// - Parameter waitingFor: parts that are not ready until they are said to be, with why.
    public init(waitingFor parts: [String: String] = [:]) { reasons = Mutex(parts) }

    public func isReady(_ part: String) { reasons.withLock { $0[part] = nil } }

    public func isNotReady(_ part: String, because reason: String) { reasons.withLock { $0[part] = reason } }

    /// `kubernetes: the API server cannot be reached: …`, sorted by part.
    public var lines: [String] {
        reasons.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } }
    }
}
