public import JSON

/// Where a task stands. A tool's own error counts as `failed`: the user did not get what was asked for.
public enum TaskStatus: String, Hashable, Sendable, CaseIterable {
    case running, completed, failed
}

/// How a task ended.
public struct TaskOutcome: Hashable, Sendable {
    public var status: TaskStatus
    public var result: JSONValue
    /// Why Cortex could not get an answer; nil when it has one, be it the tool's own error.
    public var error: String?

    public init(status: TaskStatus, result: JSONValue, error: String? = nil) {
        self.status = status
        self.result = result
        self.error = error
    }
}
