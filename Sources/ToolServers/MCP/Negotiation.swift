import JSON

/// Finds the dialect of a server: which approach to try next after each refusal. Pure; only harmless requests
/// (`tools/list`, `initialize`) are sent while it runs.
///
/// An outage is never taken for a refusal: it ends the negotiation, so that a server that is starting is not taken for
/// an old one.
struct Negotiation {
    enum Step: Hashable {
        case attempt(Approach)
        case giveUp(ToolFailure)
    }

    private let server: ToolServer
    private var remaining: [Approach]
    private var bestFailure: (rank: Int, ToolFailure)?
    private var hasFollowedRedirect = false

    /// - Parameter known: what worked last time; it is tried first.
    init(server: ToolServer, known: Approach?) {
        self.server = server
        let all = Approach.all(for: server.url)
        remaining = known.map { known in [known] + all.filter { $0 != known } } ?? all
    }

    mutating func next() -> Step {
        guard !remaining.isEmpty else {
            return .giveUp(
                bestFailure?.1
                    ?? ToolFailure(kind: .rejected, message: "\(server.name): not an http or https URL: \(server.url)"))
        }
        return .attempt(remaining.removeFirst())
    }

    /// The approach was answered, but not as it had to be.
    mutating func refused(_ approach: Approach, _ reply: Reply) -> Step {
        switch reply {
        case .result:
            return .giveUp(
                ToolFailure(kind: .protocolError, message: "\(server.name) answered without what was asked for"))
        case .error(let error, let status):
            note(ToolFailure(error, server: server), rank: error.code == RPCError.methodNotFound ? 2 : 3)
            if error.code == RPCError.unsupportedVersion, let supported = Self.supported(error) {
                guard !supported.isDisjoint(with: ProtocolVersion.sessions + [ProtocolVersion.stateless]) else {
                    return .giveUp(
                        ToolFailure(
                            kind: .rejected,
                            message: "\(server.name) speaks only MCP \(supported.sorted().joined(separator: ", "))"))
                }
            }
            if [502, 503, 504].contains(status) {
                return .giveUp(
                    ToolFailure(kind: .serverError, message: "\(server.name): \(error.message) (HTTP \(status))"))
            }
        case .refused(let status, let body, let location, let way):
            let failure = ToolFailure(status: status, body: body, server: server, way: way)
            note(failure, rank: status >= 500 ? 1 : 0)
            if (300...399).contains(status) {
                guard let target = redirect(approach, status: status, to: location) else { return .giveUp(failure) }
                hasFollowedRedirect = true
                remaining = [.stateless, .session, .plain].map { Approach(kind: $0, url: target) }
                    .filter { $0.kind != .stateless || approach.kind == .stateless }
            } else if failure.isOutage && status != 500 && status != 501 || [401, 403, 429].contains(status)
                || [.unauthorized, .forbidden].contains(failure.kind)
            {
                return .giveUp(failure)
            } else if status == 404 || status == 405 {
                remaining.removeAll { $0.url == approach.url }
            }
        }
        return next()
    }

    /// The failure that says most is the one that is told in the end.
    private mutating func note(_ failure: ToolFailure, rank: Int) {
        if let best = bestFailure, best.rank >= rank { return }
        bestFailure = (rank, failure)
    }

    /// Where a redirect leads that may be followed: once, within the origin, with the method kept.
    private func redirect(_ approach: Approach, status: Int, to location: String?) -> String? {
        guard !hasFollowedRedirect, status == 307 || status == 308, let location, let from = URLParts(approach.url)
        else {
            return nil
        }
        if location.hasPrefix("/"), !location.hasPrefix("//") { return from.with(path: location) }
        guard let to = URLParts(location), to.scheme == from.scheme, to.host == from.host, to.port == from.port else {
            return nil
        }
        return location
    }

    private static func supported(_ error: RPCError) -> Set<String>? {
        error.data?["supported"]?.arrayValue.map { Set($0.compactMap(\.stringValue)) }
    }
}
