import FoundationEssentials
import JSON

/// How a server took one request.
enum Reply: Sendable {
    case result(JSONValue, session: String?)
    /// A JSON-RPC error, under whatever HTTP status.
    case error(RPCError, status: Int)
    /// An HTTP answer without JSON-RPC: the request reached nothing that speaks it.
    case refused(status: Int, body: Data, location: String?, way: ServerWay)

    var status: Int {
        switch self {
        case .result: 200
        case .error(_, let status), .refused(let status, _, _, _): status
        }
    }

    /// Whether the session in which the request was sent is unknown to the server, so that it did nothing: 404 by the
    /// specification; older servers say it with 400.
    var isSessionLost: Bool {
        switch self {
        case .result: return false
        case .error(_, status: 404), .refused(status: 404, _, _, _): return true
        case .error(let error, status: 400): return Self.speaksOfSessions(error.message)
        case .refused(status: 400, let body, _, _):
            return Self.speaksOfSessions(String(decoding: body.prefix(500), as: UTF8.self))
        default: return false
        }
    }

    /// Whether the server does not understand the dialect, so that it did nothing.
    var isDialectRefused: Bool {
        switch self {
        case .result: return false
        case .error(let error, let status):
            return [RPCError.unsupportedVersion, RPCError.headerMismatch, RPCError.invalidRequest].contains(error.code)
                || error.code == RPCError.methodNotFound || status == 404 || status == 405
                || status == 400 && Self.speaksOfSessions(error.message)
        case .refused(let status, _, _, _): return [400, 404, 405, 406, 410, 415, 426].contains(status)
        }
    }

    private static func speaksOfSessions(_ text: String) -> Bool {
        let lower = text.lowercased()
        return lower.contains("session") || lower.contains("initializ") || lower.contains("protocol version")
    }
}
