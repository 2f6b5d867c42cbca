extension EventLoop {
    /// Looks at all deadlines at once: one pass a second instead of a timer a request.
    func sweep() {
        nextSweep = now + times.sweep
        for case let connection? in connections where connection.deadline <= now { expire(connection) }
        // Somebody waits; a connection that has become idle since makes room.
        if isParked, openConnections >= connectionLimit { _ = closeOldestIdle() }
        resumeAccepting()
    }

    private func expire(_ connection: Connection) {
        switch connection.phase {
        case .reading where connection.isIdle:
            counts.count { $0.connectionsIdleClosed += 1 }
            close(connection)
        case .reading:
            refuse(connection, .headerTimeout)
            flush(connection)
        case .body:
            refuse(connection, .bodyTimeout)
            flush(connection)
        case .writing, .waiting:
            counts.count { $0.answersStalled += 1 }
            close(connection, abruptly: true)
        case .streaming:
            drop(connection)
        case .lingering:
            close(connection)
        case .closed:
            return
        }
    }
}
