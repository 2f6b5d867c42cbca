/// How a child process ended, and what it wrote.
public struct ChildResult: Sendable, Hashable {
    /// Nil when a signal ended it.
    public var exitCode: Int32?
    /// The signal that ended it.
    public var signal: Int32?
    /// It was told to end because its time was over; it may have ended with an exit code all the same.
    public var timedOut: Bool
    /// It was told to end because the task that ran it was cancelled.
    public var wasCancelled: Bool
    /// The first `maximumOutputBytes` of what it wrote.
    public var standardOutput: [UInt8]
    public var standardError: [UInt8]
    /// One of the outputs was longer than what is kept of it.
    public var isTruncated: Bool

    public init(
        exitCode: Int32?, signal: Int32?, timedOut: Bool = false, wasCancelled: Bool = false,
        standardOutput: [UInt8] = [], standardError: [UInt8] = [], isTruncated: Bool = false
    ) {
        self.exitCode = exitCode
        self.signal = signal
        self.timedOut = timedOut
        self.wasCancelled = wasCancelled
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.isTruncated = isTruncated
    }
}
