/// Is told what tasks and tools do: metrics.
public protocol TaskObserving: Sendable {
    func taskEnded(status: TaskStatus, duration: Duration)
    func toolCalled(server: String, outcome: ToolCallOutcome, duration: Duration)
    /// A server answered, or did not, when it was called or asked for its tools.
    func serverSeen(_ server: String, isUp: Bool)
}

/// How one call of a tool went.
public enum ToolCallOutcome: String, Hashable, Sendable, CaseIterable {
    case answered
    /// The tool's own error.
    case toolError = "tool_error"
    /// The server was down.
    case outage
    /// The server was unwilling.
    case refused
}

/// Several who are told.
public struct TaskObservers: TaskObserving {
    private let all: [any TaskObserving]

    public init(_ all: [any TaskObserving]) { self.all = all }

    public func taskEnded(status: TaskStatus, duration: Duration) {
        for observer in all { observer.taskEnded(status: status, duration: duration) }
    }

    public func toolCalled(server: String, outcome: ToolCallOutcome, duration: Duration) {
        for observer in all { observer.toolCalled(server: server, outcome: outcome, duration: duration) }
    }

    public func serverSeen(_ server: String, isUp: Bool) {
        for observer in all { observer.serverSeen(server, isUp: isUp) }
    }
}
