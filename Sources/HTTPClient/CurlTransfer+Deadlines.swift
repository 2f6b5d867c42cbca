extension CurlTransfer {
    /// The earliest instant at which the transfer may be late, or has to be looked at again to know.
    func nextDeadline(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let idle = idleDeadline ?? (wasSent ? nil : request.idleTimeout.map { now.advanced(by: $0) })
        return [totalDeadline, connectDeadline, idle].compactMap { $0 }.min()
    }

    /// How the transfer is late, if it is.
    func failureIfLate(at now: ContinuousClock.Instant) -> HTTPFailure? {
        if let connectDeadline, connectDeadline <= now { return notConnectedInTime() }
        if let totalDeadline, totalDeadline <= now, let timeout = request.timeout {
            if wasSent { return late("within \(timeout.inWords)") }
            let isWaiting = started == nil
            let why = isWaiting ? "waited for its turn" : "had no connection"
            return fail(
                isWaiting ? .overloaded : .connectTimeout,
                "the request to \(target.peer) \(why) until its time of \(timeout.inWords) was over")
        }
        if let idleDeadline, idleDeadline <= now, let limit = request.idleTimeout {
            return fail(.timeout, "\(target.peer) sent nothing for \(limit.inWords)")
        }
        return nil
    }

    /// From the moment it was asked for; waiting for a turn counts.
    private var totalDeadline: ContinuousClock.Instant? { request.timeout.map { submitted.advanced(by: $0) } }

    private var connectDeadline: ContinuousClock.Instant? {
        wasSent ? nil : started?.advanced(by: request.connectTimeout)
    }

    /// Silence counts once the request is out, and not while it is the reader who holds things up.
    private var idleDeadline: ContinuousClock.Instant? {
        guard wasSent, !isPaused else { return nil }
        return request.idleTimeout.map { lastActivity.advanced(by: $0) }
    }
}
