/// How Cortex shows the API server who it is, besides a client certificate in the TLS configuration.
public enum ClusterCredentials: Sendable, Hashable {
    case none
    case token(String)
    /// Read again when it is a minute old or was refused: projected tokens rotate.
    case tokenFile(String)
    case basic(username: String, password: String)
    case exec(ExecPlugin)
}
