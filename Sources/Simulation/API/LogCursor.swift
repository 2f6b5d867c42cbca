/// A place in a container's log; a follower asks again from where it was.
public struct LogCursor: Hashable, Sendable {
    public var uid: String
    public var container: String
    public var isPrevious = false
    public var follows = false
    public var hasTimestamps = false
    /// Lines before this time are not shown, seconds of the simulation.
    public var since: Double?
    public var tailLines: Int?
    public var limitBytes: Int?
    /// Lines of the log that were given out, counted from its beginning.
    public var position = 0
    public var hasStarted = false
    /// The run of the container that is followed.
    public var restarts = 0
}
