/// A program to run, and how long and how much of it is accepted.
public struct ChildRequest: Sendable {
    /// A path, or a name to look for in `PATH`.
    public var program: String
    /// Passed as they are; no shell sees them.
    public var arguments: [String]
    /// The whole environment of the child; nil to inherit this process's.
    public var environment: [String: String]?
    public var standardInput: [UInt8]
    /// After this long the child's whole process group is told to end, and killed 2 s later.
    public var timeout: Duration
    /// Kept of each of the two outputs; the rest is read and dropped. Default 1 MiB.
    public var maximumOutputBytes: Int
    /// Kept of each line that is told of; its rest is dropped. Default 64 KiB.
    public var maximumLineBytes: Int

    public init(
        program: String, arguments: [String] = [], environment: [String: String]? = nil, standardInput: [UInt8] = [],
        timeout: Duration, maximumOutputBytes: Int = 1 << 20, maximumLineBytes: Int = 64 << 10
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.standardInput = standardInput
        self.timeout = timeout
        self.maximumOutputBytes = maximumOutputBytes
        self.maximumLineBytes = maximumLineBytes
    }
}
