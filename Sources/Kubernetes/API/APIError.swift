/// Why a request to the Kubernetes API has no good answer. The three kinds ask for three behaviours.
public enum APIError: Error, Hashable, Sendable {
    /// The server answered and refused.
    case status(APIStatus)
    /// The request never reached the server (refused, name not found, TLS): nothing was done.
    case unreachable(String)
    /// The request was sent and no answer came: what it asked for may or may not have been done. Never "failed". Of a
    /// read, nothing is known.
    case unknown(String)
    /// The answer could not be read as what was asked for.
    case invalidResponse(String)
    /// The caller gave up before anything was sent.
    case cancelled

    public var status: APIStatus? { if case .status(let status) = self { status } else { nil } }
    public var isNotFound: Bool { status?.code == 404 }
    public var isForbidden: Bool { status?.code == 403 }
    public var isConflict: Bool { status?.code == 409 }
    public var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

extension APIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .status(let status) where status.code == 401:
            "the API server does not accept Cortex's credentials (HTTP 401 Unauthorized); renew the kubeconfig's user "
                + "or the service account's token"
        case .status(let status): status.message ?? "\(status.reason ?? "error") (HTTP \(status.code))"
        case .unreachable(let why): "the API server cannot be reached: \(why)"
        case .unknown(let why): "no answer from the API server: \(why)"
        case .invalidResponse(let why): "the API server's answer cannot be read: \(why)"
        case .cancelled: "cancelled"
        }
    }
}
