/// What one client, and all of them together, may take. Every default is safe for a pod with 128 MB.
public struct HTTPLimits: Sendable {
    /// Request line, header fields and the blank line, in bytes; above it 431.
    public var headerBytes = 16 * 1024
    /// Header fields of one request; above it 431.
    public var headerFields = 100
    /// The request target in bytes; above it 414.
    public var targetBytes = 8 * 1024
    /// A request body in bytes, after chunks are joined; above it 413.
    public var bodyBytes = 1 << 20
    /// Unfinished requests of all connections together, in bytes; above it 503.
    public var bufferedBytes = 64 << 20

    /// From a request's first byte (or from the connection) to the end of its head; then 408.
    public var headerTime: Duration = .seconds(10)
    /// From the end of the head to the end of the body; then 408.
    public var bodyTime: Duration = .seconds(30)
    /// Between two requests on one connection; then it is closed without a word.
    public var idleTime: Duration = .seconds(60)
    /// A client that takes less than 16 KiB of a waiting answer in this time is dropped.
    public var writeStallTime: Duration = .seconds(30)
    /// After an answer that ends the connection: how long, and how many bytes, the client may still send unread,
    /// so that it reads the answer and not a reset.
    public var lingerTime: Duration = .seconds(5)
    public var lingerBytes = 16 << 20
    /// How often the time limits above are looked at.
    public var sweepInterval: Duration = .seconds(1)

    /// Connections in all; at the limit idle ones are closed for new ones, which else wait in the kernel's queue. Never
    /// more than the process has descriptors for, less 128.
    public var connections = 12_000
    /// Connections of one address; above it 503. An ingress is one address, hence no lower default.
    public var connectionsPerAddress = 12_000
    /// Streams that are open at once; above it 503.
    public var streams = 12_000
    /// Bytes that wait for one stream's client; a client slower than that is dropped and counted.
    public var streamQueueBytes = 256 * 1024
    /// Requests of one connection that are answered in a row before others get their turn; the rest waits.
    public var pipelinedRequests = 32

    public init() {}
}
