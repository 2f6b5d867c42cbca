public import HTTPServer
public import Simulation
import Synchronization

/// A simulated cluster behind a listener: a Kubernetes API server that `kubectl`, and Cortex itself, can talk to.
public final class ClusterServer: Sendable {
    private let cluster: LiveCluster
    private let server: HTTPServer
    private let clock: Mutex<Task<Void, Never>?>

    /// - Parameters:
    ///   - world: with its controllers started.
    ///   - speed: seconds of the simulation in a real second; default 1.
    ///   - anonymous: who asks without a token. The administrator by default: `kubectl` sends no credential over plain
    ///     HTTP, and this cluster is nobody's but its user's. A token, or an impersonation, is held to its rights.
    public init(world: World, speed: Double = 1, anonymous: APIUser = .admin) {
        cluster = LiveCluster(world: world, speed: speed, anonymous: anonymous)
        var limits = HTTPLimits()
        // A list of ten thousand pods is tens of megabytes, and watches stay open.
        limits.bodyBytes = 8 << 20
        limits.streamQueueBytes = 256 << 20
        limits.headerBytes = 64 << 10
        server = HTTPServer(
            limits: limits, handler: ClusterHandler(cluster: cluster),
            stopping: { [cluster] in
                cluster.endStreams()
            })
        clock = Mutex(nil)
    }

    /// Listens and lets time pass.
    /// - Parameter port: 0 lets the system choose.
    /// - Returns: the port it listens on.
    public func start(address: String, port: Int) throws(ListenFailure) -> Int {
        let port = try server.start(address: address, port: port)
        clock.withLock { task in
            task = Task { [cluster] in await cluster.run() }
        }
        return port
    }

    public func stop() async {
        clock.withLock { task in
            task?.cancel()
            task = nil
        }
        await server.shutdown(grace: .milliseconds(200))
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
