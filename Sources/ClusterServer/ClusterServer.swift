internal import CLinux
public import HTTPServer
public import Simulation
import Synchronization

/// A simulated cluster behind a listener: a Kubernetes API server that `kubectl`, and Cortex itself, can talk to.
public final class ClusterServer: Sendable {
    private struct Listening {
        var server: HTTPServer
        var address: String
        var port: Int
    }

    private struct State {
        /// Nil before the start, in the middle of a restart, and after the end.
        var listening: Listening?
        var clock: Task<Void, Never>?
        var hasEnded = false
    }

    /// How long nobody listens while the API server restarts.
    private static let restartTime = Duration.seconds(1)

    private let cluster: LiveCluster
    private let audit: AuditLog?
    private let state = Mutex(State())

    /// For a process that holds a cluster, before it has a second thread. One lock guards the world, so that threads
    /// gain nothing from heaps of their own, and each would keep its holes.
    public static func useOneHeap() { cortex_malloc_one_arena() }

    /// - Parameters:
    ///   - world: with its controllers started.
    ///   - speed: seconds of the simulation in a real second; default 1.
    ///   - anonymous: who asks without a token. The administrator by default: `kubectl` sends no credential over plain
    ///     HTTP, and this cluster is nobody's but its user's. A token, or an impersonation, is held to its rights.
    ///   - audit: where requests are written down; default nowhere.
    public init(world: World, speed: Double = 1, anonymous: APIUser = .admin, audit: AuditLog? = nil) {
        cluster = LiveCluster(world: world, speed: speed, anonymous: anonymous)
        self.audit = audit
    }

    private func makeServer() -> HTTPServer {
        var limits = HTTPLimits()
        // A list of ten thousand pods is tens of megabytes, and watches stay open.
        limits.bodyBytes = 8 << 20
        limits.streamQueueBytes = 256 << 20
        limits.headerBytes = 64 << 10
        var handler = ClusterHandler(cluster: cluster)
        handler.audit = audit
        handler.restart = { [weak self] in
            Task { [weak self] in await self?.restart() }
        }
        return HTTPServer(limits: limits, handler: handler, stopping: { [cluster] in cluster.endStreams() })
    }

    /// Listens and lets time pass.
    /// - Parameter port: 0 lets the system choose.
    /// - Returns: the port it listens on.
    public func start(address: String, port: Int) throws(ListenFailure) -> Int {
        let server = makeServer()
        let port = try server.start(address: address, port: port)
        state.withLock { state in
            state.listening = Listening(server: server, address: address, port: port)
            state.clock = Task { [cluster] in await cluster.run() }
        }
        return port
    }

    public func stop() async {
        let listening = state.withLock { state in
            state.hasEnded = true
            state.clock?.cancel()
            return state.listening.take()
        }
        await listening?.server.shutdown(grace: .milliseconds(200))
    }

    /// As clients see the API server restart: every connection ends, nobody listens for a moment, and what is stored
    /// is still there. The cluster itself goes on.
    func restart() async {
        guard var listening = state.withLock({ $0.listening.take() }) else { return }
        await listening.server.shutdown(grace: .milliseconds(100))
        var pause = Self.restartTime
        while true {
            do {
                try await Task.sleep(for: pause)
                let server = makeServer()
                _ = try server.start(address: listening.address, port: listening.port)
                listening.server = server
                break
            } catch {
                // Somebody else took the port meanwhile; there is no other way to this server.
                pause = .milliseconds(200)
                if state.withLock({ $0.hasEnded }) { return }
            }
        }
        let isOver = state.withLock { state in
            if !state.hasEnded { state.listening = listening }
            return state.hasEnded
        }
        if isOver { await listening.server.shutdown(grace: .zero) }
    }

    /// Looks at the world, or changes it, between two of its events.
    @discardableResult public func withWorld<Value: Sendable>(_ body: (inout World) -> Value) -> Value {
        cluster.withWorld(body)
    }

    /// A kubeconfig for this server.
    /// - Parameter url: `http://127.0.0.1:6440`.
    public static func kubeconfig(url: String) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: simulated
          cluster:
            server: \(url)
        users:
        - name: admin
          user: {}
        contexts:
        - name: simulated
          context:
            cluster: simulated
            user: admin
        current-context: simulated

        """
    }
}
