import FoundationEssentials
import HTTPClient
import JSON

extension ToolFailure {
    /// A failure of the connection.
    init(_ failure: HTTPFailure, reaching server: ToolServer) {
        let kind: Kind =
            switch failure.kind {
            case .nameNotFound: .nameNotFound
            case .connectionRefused: .connectionRefused
            case .connectTimeout, .unreachable, .proxy: .unreachable
            case .timeout: .timeout
            case .connectionReset: .connectionReset
            case .tls, .protocolError, .bodyTooLarge: .protocolError
            // Cortex has too much under way: that is no outage of the server.
            case .invalidURL, .overloaded: .rejected
            case .cancelled: .cancelled
            }
        self.init(kind: kind, message: "\(server.name): \(failure.message)")
    }

    /// An HTTP answer that carries no JSON-RPC.
    init(status: Int, body: Data, server: ToolServer, way: ServerWay) {
        if way == .apiProxy, let failure = Self.ofProxy(status: status, body: body, server: server) {
            self = failure
            return
        }
        let shown = "\(server.name) answered with HTTP \(status)"
        let excerpt = body.isEmpty ? "" : ": \(ReplyReader.excerpt(of: body))"
        switch status {
        case 401, 403: self.init(kind: .unauthorized, message: "\(shown); Cortex is not allowed to call it")
        // What stands before a server says these of one that is away; any other 5xx says that its own code failed.
        case 502...504: self.init(kind: .serverError, message: shown + excerpt)
        case 500...599: self.init(kind: .internalError, message: shown + excerpt)
        case 404, 405, 410:
            self.init(
                kind: .rejected,
                message:
                    "\(shown): there is no MCP server at \(server.url). Is it a tool server at all? Its path is /mcp, "
                    + "or what the annotation \(ToolServerDirectory.pathAnnotation) of its Service says")
        case 300...399: self.init(kind: .rejected, message: "\(shown), a redirect; configure the URL it leads to")
        default: self.init(kind: .rejected, message: shown + excerpt)
        }
    }

    /// What the API server itself says when its service proxy cannot pass a request on: a `Status` object, or one line
    /// of text. Nil when the answer is the tool server's.
    private static func ofProxy(status: Int, body: Data, server: ToolServer) -> ToolFailure? {
        let object = ReplyReader.decode(body.prefix(1 << 16))
        let isStatus = object?["kind"]?.stringValue == "Status"
        let text = isStatus ? object?["message"]?.stringValue ?? "" : String(decoding: body.prefix(1000), as: UTF8.self)
        guard isStatus || text.hasPrefix("error trying to reach service") || text.hasPrefix("no endpoints available")
        else { return nil }
        let lower = text.lowercased()
        let kind: Kind =
            switch status {
            case 401: .unauthorized
            case 403: .forbidden
            case 404: .nameNotFound
            case _ where lower.contains("connection refused"): .connectionRefused
            case _ where lower.contains("no endpoints available") || lower.contains("no route to host"): .unreachable
            // Not even a connection: a process that hangs still accepts one.
            case _ where lower.contains("dial tcp") && lower.contains("timeout"): .unreachable
            case _ where lower.contains("timeout") || lower.contains("deadline exceeded"): .timeout
            case _ where lower.contains("connection reset") || lower.contains("eof"): .connectionReset
            case _ where lower.contains("no such host"): .nameNotFound
            case 500...599: .serverError
            default: .rejected
            }
        if status == 401 {
            return ToolFailure(
                kind: kind,
                message:
                    "\(server.name) cannot be asked: the API server does not accept Cortex's credentials (HTTP 401); "
                    + "renew the kubeconfig's user or the service account's token")
        }
        return ToolFailure(
            kind: kind, message: "\(server.name) through the API server: \(text.isEmpty ? "HTTP \(status)" : text)")
    }

    /// An error that the server itself gave as JSON-RPC.
    init(_ error: RPCError, server: ToolServer) {
        let lower = error.message.lowercased()
        let isUnknown =
            error.code == RPCError.invalidParameters && lower.contains("tool")
            && (lower.contains("unknown") || lower.contains("not found"))
        self.init(
            kind: isUnknown ? .unknownTool : .rejected,
            message: "\(server.name) refused: \(error.message) (code \(error.code))")
    }
}
