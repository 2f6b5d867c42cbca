public import Kubernetes

/// What a `KubernetesClient` allows itself. Every value has a default that suits one small cluster.
public struct ClientOptions: Sendable {
    /// For one try. Default 10 s.
    public var timeout: Duration = .seconds(10)
    /// For one try of a list, whose pages can be large. Default 30 s.
    public var listTimeout: Duration = .seconds(30)
    /// For a request with all its tries and pauses. Default 30 s, and 60 s for a list.
    public var deadline: Duration = .seconds(30)
    public var listDeadline: Duration = .seconds(60)
    /// A watch without a byte for this long counts as dead: servers send bookmarks once a minute. Default 150 s.
    public var watchIdleTimeout: Duration = .seconds(150)
    /// A longer line of a watch or log ends the stream with an error. Default 16 MiB.
    public var maximumLineBytes = 16 << 20
    /// How much of a stream is held until it is read; then the server has to wait. Default 1 MiB.
    public var maximumUnreadBytes = 1 << 20
    /// Default 64 MiB.
    public var maximumBodyBytes = 64 << 20
    /// Requests a second on average, watches included. Default 50.
    public var queriesPerSecond = 50.0
    /// Requests at once. Default 100.
    public var burst = 100
    public var retry = RetryPolicy()
    /// The first pause and the longest. Default 200 ms to 5 s.
    public var backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(5))
    /// Who wrote a field, in `managedFields`. Default `cortex`.
    public var fieldManager = "cortex"
    /// `cortex/VERSION (linux/ARCHITECTURE)`.
    public var userAgent: String

    public init(version: String = "dev") {
        userAgent = "cortex/\(version) (linux/\(Self.architecture))"
    }

    /// As Go, and so Kubernetes, names it.
    static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }
}
