import Synchronization

/// The least that is logged. It may change while the program runs.
public final class LogLevel: Sendable {
    private let minimum: Mutex<Logger.Level>

    public init(_ minimum: Logger.Level) { self.minimum = Mutex(minimum) }

    public func set(_ level: Logger.Level) { minimum.withLock { $0 = level } }

    func lets(_ level: Logger.Level) -> Bool { minimum.withLock { level >= $0 } }
}
