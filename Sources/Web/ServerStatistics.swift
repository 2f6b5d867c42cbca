public import HTTPServer
import Synchronization

/// What the HTTP server counts, for a handler that exists before its server does.
public final class ServerStatistics: Sendable {
    private struct State {
        // The server holds its handler, and the handler this.
        weak var server: HTTPServer?
    }

    private let state = Mutex(State())

    public init() {}

    public func attach(_ server: HTTPServer) { state.withLock { $0.server = server } }

    /// All zero before a server is attached and after it is gone.
    var current: HTTPStatistics { state.withLock { $0.server }?.statistics ?? HTTPStatistics() }
}
