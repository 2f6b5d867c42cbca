/// Somebody who watches a task. It holds its own place in the events and reads on from there, so that a watcher costs
/// no buffer while nothing happens.
public protocol TaskWatching: AnyObject, Sendable {
    /// There are events to read. Called from any thread, never under a lock. False ends the watching.
    func taskHasEvents() -> Bool

    /// False once it is done, so that a quiet task can forget it too.
    var isWatching: Bool { get }
}

/// Numbered events that can be watched and read from any of them on: those of one task, or everything.
public protocol EventSource: AnyObject, Sendable {
    /// Tells the watcher of every event from now on until it says that it is done.
    func watch(_ watcher: any TaskWatching)

    /// The kept events whose number is above `number`, in order.
    func events(after number: Int) -> EventBatch
}
