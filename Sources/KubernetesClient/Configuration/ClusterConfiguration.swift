public import HTTPClient

/// Everything needed to talk to one API server.
public struct ClusterConfiguration: Sendable, Hashable {
    /// `https://host:port`, perhaps with a path, without a slash at its end.
    public var server: String
    public var tls: TLSConfiguration
    public var credentials: ClusterCredentials
    public var impersonation: Impersonation?
    /// `http://…` or `socks5://…`; nil for a direct connection.
    public var proxy: String?
    /// The namespace of the context or of the service account; nil where none is set.
    public var namespace: String?
    /// Whether this is the identity of the pod that Cortex runs in.
    public var isInCluster: Bool
    /// For messages: `kubeconfig ~/.kube/config, context “x”`, or `the in-cluster service account`.
    public var source: String
    /// What an exec plugin inherits and where its program is looked for.
    var environment: [String: String] = [:]

    public init(
        server: String, tls: TLSConfiguration = TLSConfiguration(), credentials: ClusterCredentials = .none,
        impersonation: Impersonation? = nil, proxy: String? = nil, namespace: String? = nil, isInCluster: Bool = false,
        source: String = "configuration"
    ) {
        self.server = server
        self.tls = tls
        self.credentials = credentials
        self.impersonation = impersonation
        self.proxy = proxy
        self.namespace = namespace
        self.isInCluster = isInCluster
        self.source = source
    }
}
