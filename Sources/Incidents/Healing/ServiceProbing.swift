public import Diagnosis
public import Healing

/// Asks a service for a true answer: a tool server for an MCP call, another for its probe path, else for a connection.
public protocol ServiceProbing: Sendable {
    /// One try within its deadline; never throws: how it failed is the answer.
    /// - Returns: nil when it cannot be asked from where Cortex runs, which says nothing about the service.
    func answer(to probe: ServiceProbe) async -> ServiceAnswer?
}

/// One question to a service, or to one pod behind it.
public struct ServiceProbe: Hashable, Sendable {
    public var service: String
    public var namespace: String
    /// Where the call that failed went; nil when nobody called.
    public var url: String?
    /// The Service's port and the path of its pods' readiness probe, for what is not a tool server.
    public var port: Int?
    public var path: String?
    /// Ask for work (a harmless tool is called), not only for a sign of life.
    public var isDeep: Bool
    /// Ask this pod instead of the service.
    public var pod: ProbeTarget.PodAddress?
    public var timeout: Duration

    public init(
        service: String, namespace: String, url: String? = nil, port: Int? = nil, path: String? = nil,
        isDeep: Bool = false, pod: ProbeTarget.PodAddress? = nil, timeout: Duration
    ) {
        self.service = service
        self.namespace = namespace
        self.url = url
        self.port = port
        self.path = path
        self.isDeep = isDeep
        self.pod = pod
        self.timeout = timeout
    }
}
