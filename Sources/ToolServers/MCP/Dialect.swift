/// How one server is spoken to.
enum Dialect: Hashable, Sendable {
    /// 2026-07-28.
    case stateless
    /// 2024-11-05 to 2025-11-25; a server without sessions gives no id.
    case session(version: String, id: String?)
    /// The first version's JSON-RPC `POST` without any handshake.
    case plain
}

/// A dialect at one path of a server: what negotiation tries and what is remembered.
struct Approach: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case stateless, session, plain }
    var kind: Kind
    /// The absolute URL spoken to.
    var url: String

    /// What to try with a server of which nothing is known, newest first: its URL as it is, then the path where the
    /// other generation listens (`/` for the first version, `/mcp` for the others).
    static func all(for url: String) -> [Approach] {
        guard let target = URLParts(url) else { return [] }
        let isRoot = target.path.isEmpty || target.path == "/"
        let own = [Kind.stateless, .session, .plain].map { Approach(kind: $0, url: url) }
        return isRoot
            ? own + [Kind.stateless, .session].map { Approach(kind: $0, url: target.with(path: "/mcp")) }
            : own + [Approach(kind: .plain, url: target.with(path: "/"))]
    }
}
