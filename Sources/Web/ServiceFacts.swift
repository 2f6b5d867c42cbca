/// What does not change while Cortex runs, and the time since it began.
public struct ServiceFacts: Sendable {
    public var version: String
    public var isHealingEnabled: Bool
    /// Time since the program began.
    public var uptime: @Sendable () -> Duration

    public init(version: String, isHealingEnabled: Bool, uptime: @escaping @Sendable () -> Duration) {
        self.version = version
        self.isHealingEnabled = isHealingEnabled
        self.uptime = uptime
    }
}
