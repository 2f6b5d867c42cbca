public import FoundationEssentials

/// One outgoing HTTP request. Times are durations; nothing waits for ever.
public struct HTTPRequest: Sendable {
    public var method: String
    /// Absolute, percent-encoded: `https://host:port/path?query`.
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: Data?
    /// For the connection and its TLS handshake. Default 5 s.
    public var connectTimeout: Duration
    /// For the whole exchange; nil for a stream that may stay open. Default 30 s.
    public var timeout: Duration?
    /// Without a byte for this long the connection counts as dead; nil for no limit. Default nil.
    public var idleTimeout: Duration?
    /// A longer body fails with `bodyTooLarge`. Default 64 MiB; for a stream it bounds what is buffered unread.
    public var maximumBodyBytes: Int
    public var tls: TLSConfiguration
    /// `http://host:port` or `socks5://host:port`; nil asks for a direct connection, whatever the environment says.
    public var proxy: String?

    public init(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: Data? = nil,
        connectTimeout: Duration = .seconds(5), timeout: Duration? = .seconds(30), idleTimeout: Duration? = nil,
        maximumBodyBytes: Int = 64 << 20, tls: TLSConfiguration = TLSConfiguration(), proxy: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.idleTimeout = idleTimeout
        self.maximumBodyBytes = maximumBodyBytes
        self.tls = tls
        self.proxy = proxy
    }
}

/// How the server is verified and what the client shows of itself. All certificates and keys are PEM bytes.
public struct TLSConfiguration: Sendable, Hashable {
    /// Trusted authorities; nil for the system's.
    public var certificateAuthorities: Data?
    public var clientCertificate: Data?
    public var clientKey: Data?
    /// The name to ask for and to verify instead of the URL's host.
    public var serverName: String?
    public var verifiesServer: Bool

    public init(
        certificateAuthorities: Data? = nil, clientCertificate: Data? = nil, clientKey: Data? = nil,
        serverName: String? = nil, verifiesServer: Bool = true
    ) {
        self.certificateAuthorities = certificateAuthorities
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.serverName = serverName
        self.verifiesServer = verifiesServer
    }
}
