import Synchronization

/// The sessions of tool servers of the older protocol. Each lives in the process that opened it and ends with it.
final class SessionBook: Sendable {
    /// Beyond it all are forgotten, which clients bear: they open new ones.
    private static let maximumSessions = 10_000

    private struct Sessions {
        /// Which process opened it.
        var owners: [String: String] = [:]
        var opened = 0
    }

    private let sessions = Mutex(Sessions())

    /// - Returns: the new session's identifier.
    func open(in process: String) -> String {
        sessions.withLock { sessions in
            if sessions.owners.count >= Self.maximumSessions { sessions.owners = [:] }
            sessions.opened += 1
            let session = "session-\(sessions.opened)"
            sessions.owners[session] = process
            return session
        }
    }

    func holds(_ session: String, in process: String) -> Bool {
        sessions.withLock { $0.owners[session] == process }
    }
}
