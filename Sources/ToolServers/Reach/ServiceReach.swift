public import HTTPClient
public import Kubernetes
import Synchronization

/// Reaches servers that are Services of a cluster, from inside it or from outside. Servers elsewhere are spoken to
/// directly.
public final class ServiceReach: ServerReaching {
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// By name inside the cluster; outside it by cluster IP where a connection can be made, else by the API server.
        case auto
        case dns
        case clusterIP = "cluster-ip"
        case apiProxy = "api-proxy"
    }

    /// Addresses a request through the API server's service proxy: service, namespace, port, path, request.
    public typealias Proxy =
        @Sendable (
            _ service: String, _ namespace: String, _ port: Int, _ path: String, _ request: HTTPRequest
        ) async throws -> HTTPRequest

    private let mode: Mode
    private let isInCluster: Bool
    private let transport: any HTTPTransport
    private let services: @Sendable () async -> [Service]?
    private let proxy: Proxy
    /// How long a try of the cluster IP may take.
    private let tryTimeout: Duration
    private let decisions = Mutex<[ToolServer: ServerWay]>([:])
    private let maximumDecisions = 500
    /// URLs taken apart, which costs more than finding them here.
    private let urls = Mutex<[String: (parts: URLParts, labels: [String])]>([:])

    /// - Parameters:
    ///   - services: the Services of the healed namespaces; nil when the API server does not say.
    public init(
        mode: Mode, isInCluster: Bool, transport: any HTTPTransport,
        services: @escaping @Sendable () async -> [Service]?, tryTimeout: Duration = .seconds(1),
        proxy: @escaping Proxy
    ) {
        self.mode = mode
        self.isInCluster = isInCluster
        self.transport = transport
        self.services = services
        self.tryTimeout = tryTimeout
        self.proxy = proxy
    }

    public func request(
        for server: ToolServer, base: HTTPRequest
    ) async throws(ToolFailure) -> (request: HTTPRequest, way: ServerWay) {
        guard mode != .dns, !(mode == .auto && isInCluster), let (parts, labels) = parts(of: base.url),
            // What no Service can be is not waited for either, when the cluster is away.
            Self.isServiceName(labels, of: server, isListed: true)
        else { return (base, .direct) }
        let listed = await services()
        let service = listed?.first { $0.name == server.name && $0.namespace == server.namespace }
        guard Self.isServiceName(labels, of: server, isListed: service != nil) else { return (base, .direct) }
        if listed != nil, service == nil {
            throw ToolFailure(
                kind: .nameNotFound,
                message: "there is no Service \(server.name) in namespace \(server.namespace)")
        }
        switch await way(to: server, service, parts) {
        case .direct: return (base, .direct)
        case .clusterIP:
            guard var request = Self.byClusterIP(base, parts, service) else {
                throw ToolFailure(
                    kind: .rejected,
                    message: "the Service \(server.name) has no cluster IP; reach it by dns or api-proxy")
            }
            // There is another way to turn to soon.
            if mode == .auto { request.connectTimeout = min(request.connectTimeout, tryTimeout) }
            return (request, .clusterIP)
        case .apiProxy: return (try await byProxy(base, parts, server), .apiProxy)
        }
    }

    public func failed(_ failure: HTTPFailure, reaching server: ToolServer, by way: ServerWay) async -> Bool {
        guard mode == .auto, !isInCluster, failure.kind != .cancelled else { return false }
        switch (way, failure.kind) {
        case (.clusterIP, .connectTimeout), (.clusterIP, .unreachable):
            // Where nothing rejects connections to a Service without endpoints they hang; the API server says it at
            // once, so the server stays with it.
            decide(server, .apiProxy)
            return true
        case (.clusterIP, .connectionRefused), (.clusterIP, .connectionReset), (.apiProxy, _):
            _ = decisions.withLock { $0.removeValue(forKey: server) }
            return false
        default: return false
        }
    }

    /// - Returns: with the labels of a host that may be a Service's name, without any for one that is none.
    private func parts(of url: String) -> (URLParts, labels: [String])? {
        if let known = urls.withLock({ $0[url] }) { return (known.parts, known.labels) }
        guard let parts = URLParts(url) else { return nil }
        let isName = !parts.isAddress && parts.host != "localhost"
        let labels = isName ? parts.host.split(separator: ".").map(String.init) : []
        urls.withLock { urls in
            if urls.count >= maximumDecisions { urls.removeAll() }
            urls[url] = (parts, labels)
        }
        return (parts, labels)
    }

    /// Inside a cluster's naming: `name`, `name.namespace`, `name.namespace.svc…`.
    private static func isServiceName(_ labels: [String], of server: ToolServer, isListed: Bool) -> Bool {
        guard labels.first == server.name else { return false }
        switch labels.count {
        case 1: return true
        case 2: return labels[1] == server.namespace && isListed
        default: return labels[1] == server.namespace && labels[2] == "svc"
        }
    }

    private func way(to server: ToolServer, _ service: Service?, _ parts: URLParts) async -> ServerWay {
        switch mode {
        case .dns: return .direct
        case .clusterIP: return .clusterIP
        case .apiProxy: return .apiProxy
        case .auto: break
        }
        if let decided = decisions.withLock({ $0[server] }) { return decided }
        let probe = HTTPRequest(
            method: "GET", url: parts.with(path: "/"), connectTimeout: tryTimeout, timeout: tryTimeout * 2,
            maximumBodyBytes: 1 << 16)
        guard let request = Self.byClusterIP(probe, parts, service) else { return .apiProxy }
        do {
            _ = try await transport.stream(request)
        } catch {
            switch error.kind {
            // Connected, whatever came then.
            case .timeout, .connectionReset, .protocolError, .bodyTooLarge, .tls: break
            // A Service without endpoints refuses, but so may a strange network: for now the sure way.
            case .connectionRefused, .cancelled: return .apiProxy
            default:
                decide(server, .apiProxy)
                return .apiProxy
            }
        }
        decide(server, .clusterIP)
        return .clusterIP
    }

    private func decide(_ server: ToolServer, _ way: ServerWay) {
        decisions.withLock { decisions in
            if decisions.count >= maximumDecisions { decisions.removeAll() }
            decisions[server] = way
        }
    }

    private static func byClusterIP(_ base: HTTPRequest, _ parts: URLParts, _ service: Service?) -> HTTPRequest? {
        guard let address = service?.spec.clusterIP, !address.isEmpty, address != "None" else { return nil }
        let host = address.contains(":") ? "[\(address)]" : address
        var request = base
        request.url = "\(parts.scheme)://\(host):\(parts.port)\(parts.path)"
        request.headers.append((name: "Host", value: "\(parts.host):\(parts.port)"))
        if parts.scheme == "https", request.tls.serverName == nil { request.tls.serverName = parts.host }
        return request
    }

    private func byProxy(_ base: HTTPRequest, _ parts: URLParts, _ server: ToolServer) async throws(ToolFailure)
        -> HTTPRequest
    {
        do {
            return try await proxy(server.name, server.namespace, parts.port, parts.path, base)
        } catch {
            throw ToolFailure(
                kind: .rejected, message: "\(server.name) cannot be reached through the API server: \(error)")
        }
    }
}
