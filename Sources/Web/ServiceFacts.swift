/// What does not change while Cortex runs, and the time since it began.
public struct ServiceFacts: Sendable {
    public var version: String
    /// Asked each time: it may be switched while Cortex runs.
    public var isHealingEnabled: Bool { healingSwitch() }
    private let healingSwitch: @Sendable () -> Bool
    /// Time since the program began.
    public var uptime: @Sendable () -> Duration

    public init(
        version: String, isHealingEnabled: @autoclosure @escaping @Sendable () -> Bool,
        uptime: @escaping @Sendable () -> Duration
    ) {
        self.version = version
        healingSwitch = isHealingEnabled
        self.uptime = uptime
    }
}
