public import HTTPClient

/// The ways to a tool server.
public enum ServerWay: String, Hashable, Sendable {
    /// The URL as it is: by name inside the cluster, or a server that is in no cluster.
    case direct
    /// The cluster IP of the server's Service.
    case clusterIP
    /// The API server's service proxy.
    case apiProxy
}

/// Turns a request for a tool server's own URL into one that arrives from where Cortex runs.
public protocol ServerReaching: Sendable {
    /// - Throws: `nameNotFound` when the server's Service is gone.
    func request(
        for server: ToolServer, base: HTTPRequest
    ) async throws(ToolFailure) -> (request: HTTPRequest, way: ServerWay)

    /// Tells that a request did not get through that way.
    /// - Returns: whether there is another way to try.
    func failed(_ failure: HTTPFailure, reaching server: ToolServer, by way: ServerWay) async -> Bool
}

/// Every server at its URL, as inside the cluster.
public struct DirectReach: ServerReaching {
    public init() {}

    public func request(
        for server: ToolServer, base: HTTPRequest
    ) async throws(ToolFailure) -> (request: HTTPRequest, way: ServerWay) {
        (base, .direct)
    }

    public func failed(_ failure: HTTPFailure, reaching server: ToolServer, by way: ServerWay) async -> Bool { false }
}
