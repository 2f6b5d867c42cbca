/// Somebody who watches a task. It holds its own place in the events and reads on from there, so that a watcher costs
/// no buffer while nothing happens.
public protocol TaskWatching: AnyObject, Sendable {
    /// There are events to read. Called from any thread, never under a lock. False ends the watching.
    func taskHasEvents() -> Bool

    /// False once it is done, so that a quiet task can forget it too.
    var isWatching: Bool { get }
}
