public import Kubernetes
import Synchronization

/// Which tool servers there are: those that the configuration and the environment name, and the Services that say so.
public struct ToolServerDirectory: Sendable {
    /// A server that a person named, as `NAME_MCP_URL` or in the configuration file.
    public struct Entry: Hashable, Sendable {
        /// Used when the URL's host is an address or this machine, and so names no Service.
        public var name: String?
        public var url: String

        public init(name: String?, url: String) {
            self.name = name
            self.url = url
        }
    }

    /// The label by which a Service says that it is a tool server.
    public static let label = "cortex.io/tool-server"
    /// Where its MCP endpoint is. Default `/mcp`.
    public static let pathAnnotation = "cortex.io/tool-server-path"
    static let nameEnding = "-mcp-server"
    static let portName = "mcp"
    static let maximumServers = 500

    private let named: [ToolServer]
    private let clusterDomain: String
    private let services: @Sendable () async -> [Service]
    private let isOutOfSight: @Sendable () async -> Bool
    private let last = Last()

    /// The last Services that were asked for, and the servers found. Who asks again is mostly given the same array.
    private final class Last: Sendable {
        let known = Mutex<(services: [Service], servers: [ToolServer])?>(nil)
    }

    /// - Parameters:
    ///   - entries: from the configuration file; they win over the environment, and both over the cluster.
    ///   - environment: variables called `…_MCP_URL` name servers.
    ///   - defaultNamespace: where a server lives whose URL does not say it.
    ///   - services: the Services of the healed namespaces, as they are now. May wait for a first look at the cluster.
    ///   - isOutOfSight: whether they would be waited for, and are not about to come.
    public init(
        entries: [Entry] = [], environment: [String: String] = [:], defaultNamespace: String = "cortex-system",
        clusterDomain: String = "cluster.local", services: @escaping @Sendable () async -> [Service] = { [] },
        isOutOfSight: @escaping @Sendable () async -> Bool = { false }
    ) {
        let variables = environment.filter { $0.key.hasSuffix("_MCP_URL") && $0.key.count > 8 }
            .sorted { $0.key < $1.key }
            .map { Entry(name: $0.key.dropLast(8).lowercased().replacing("_", with: "-"), url: $0.value) }
        named = (entries + variables).compactMap { Self.server($0, defaultNamespace) }
        self.clusterDomain = clusterDomain
        self.services = services
        self.isOutOfSight = isOutOfSight
    }

    /// Every server once, sorted by name, then namespace.
    public func servers() async -> [ToolServer] {
        let services = await services()
        if let known = last.known.withLock({ $0 }), known.services == services { return known.servers }
        let servers = servers(with: services)
        last.known.withLock { $0 = (services, servers) }
        return servers
    }

    /// Those that a person named, while the cluster is out of sight.
    public func serversAtHand() async -> [ToolServer]? {
        guard !named.isEmpty, await isOutOfSight() else { return nil }
        return servers(with: [])
    }

    private func servers(with services: [Service]) -> [ToolServer] {
        var known: Set<[String]> = []
        let found = services.compactMap { Self.server($0, clusterDomain: clusterDomain) }
            .sorted { ($0.name, $0.namespace) < ($1.name, $1.namespace) }
        return (named + found).filter { known.insert([$0.name, $0.namespace]).inserted }
            .prefix(Self.maximumServers)
            .sorted { ($0.name, $0.namespace) < ($1.name, $1.namespace) }
    }

    /// The URLs that name no server, with the names they were given: for a warning at start.
    public static func unusable(_ entries: [Entry]) -> [Entry] { entries.filter { URLParts($0.url) == nil } }

    /// The server behind a URL: its name and namespace are the first labels of the host.
    public static func server(_ entry: Entry, _ defaultNamespace: String) -> ToolServer? {
        guard let parts = URLParts(entry.url) else { return nil }
        let labels = parts.host.split(separator: ".").map(String.init)
        guard !parts.isAddress, let first = labels.first, first != "localhost" else {
            return ToolServer(name: entry.name ?? parts.host, namespace: defaultNamespace, url: entry.url)
        }
        let isService = labels.count < 3 || labels[2] == "svc"
        return ToolServer(
            name: first, namespace: isService && labels.count > 1 ? labels[1] : defaultNamespace, url: entry.url)
    }

    /// The server that a Service is; nil when it is none or has no port.
    public static func server(_ service: Service, clusterDomain: String) -> ToolServer? {
        let mark = service.metadata.labels?[label]
        guard mark == "true" || mark == nil && service.name.hasSuffix(nameEnding), !service.namespace.isEmpty,
            let ports = service.spec.ports, let port = ports.first(where: { $0.name == portName }) ?? ports.first
        else { return nil }
        var path = service.metadata.annotations?[pathAnnotation] ?? "/mcp"
        if !path.hasPrefix("/") { path = "/" + path }
        let url = "http://\(service.name).\(service.namespace).svc.\(clusterDomain):\(port.port)\(path)"
        guard URLParts(url) != nil else { return nil }
        return ToolServer(name: service.name, namespace: service.namespace, url: url)
    }
}
