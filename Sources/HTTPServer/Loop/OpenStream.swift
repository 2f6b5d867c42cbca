/// A response body that is still being written.
struct OpenStream {
    let writer: StreamWriter
    let closed: @Sendable () -> Void
    /// HTTP/1.1: each batch is a chunk. Otherwise the end of the connection is the end of the body.
    let isChunked: Bool
    /// The last bytes are queued.
    var isFinishing = false
}
