internal import CLinux
internal import Glibc

extension EventLoop {
    /// Accepted in a row before the connections that are there get their turn.
    private static let batch = 64

    func acceptAll() {
        for index in 0..<Self.batch {
            guard stopDeadline == nil, !isParked else { return }
            if openConnections >= connectionLimit {
                // Only the first is known to be there.
                guard index == 0 else { return }
                guard closeOldestIdle() else { return park() }
            }
            switch listener.accept() {
            case .connection(let descriptor, let address): admit(descriptor, address)
            case .nothing: return
            case .exhausted: return park()
            }
        }
    }

    private func admit(_ descriptor: Int32, _ address: String) {
        counts.count { $0.connectionsAccepted += 1 }
        guard connectionsOf[address, default: 0] < limits.connectionsPerAddress else {
            return turnAway(descriptor)
        }
        let slot = freeSlots.popLast() ?? connections.count
        if slot == connections.count { connections.append(nil) }
        generation &+= 1
        let interest = Poller.readable | Poller.halfClosed
        let connection = Connection(
            descriptor: descriptor, id: ConnectionID(slot: slot, generation: generation), address: address,
            interest: interest)
        guard poller.add(descriptor, connection.id, interest: interest) else {
            freeSlots.append(slot)
            Glibc.close(descriptor)
            return park()
        }
        connection.deadline = now + times.header
        connections[slot] = connection
        openConnections += 1
        connectionsOf[address, default: 0] += 1
        counts.count { $0.connectionsOpen += 1 }
    }

    /// One 503 and the end, without a place in the table: whoever sits behind a proxy with too many connections learns
    /// why, and a flood costs two calls a connection.
    private func turnAway(_ descriptor: Int32) {
        let refusal = Refusal.tooManyConnections
        counts.count { $0.refused[refusal, default: 0] += 1 }
        // What has arrived is read first, because closing over unread bytes would reset the answer away.
        recv(descriptor, input.baseAddress, input.count, 0)
        var answer: [UInt8] = []
        appendAnswer(refusal.response, isVersion11: true, isHeadOnly: false, isLast: true, to: &answer)
        send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
        shutdown(descriptor, Int32(SHUT_WR))
        Glibc.close(descriptor)
    }

    /// Stops accepting until a connection closes or the next sweep: with the descriptors used up, a level-triggered
    /// listener would otherwise wake the loop for ever.
    private func park() {
        guard !isParked else { return }
        isParked = true
        poller.remove(listener.descriptor)
        nextSweep = min(nextSweep, now + times.sweep)
        counts.count { $0.listenerParked += 1 }
    }

    func resumeAccepting() {
        guard isParked, stopDeadline == nil, openConnections < connectionLimit else { return }
        isParked = false
        poller.add(listener.descriptor, .listener, interest: Poller.readable)
    }

    /// Makes room among the connections that have had their answer and sent nothing since, so that idle ones never
    /// keep a new request (or a probe of the kubelet) out.
    func closeOldestIdle() -> Bool {
        var oldest: Connection?
        for case let connection? in connections where connection.isIdle && connection.hasServed {
            if connection.deadline < oldest?.deadline ?? .max { oldest = connection }
        }
        guard let oldest else { return false }
        counts.count { $0.connectionsIdleClosed += 1 }
        close(oldest)
        return true
    }

    // MARK: Closing

    /// - Parameter abruptly: throw away what the kernel still holds for the client, who does not read it.
    func close(_ connection: Connection, abruptly: Bool = false) {
        guard connection.phase != .closed else { return }
        if abruptly {
            var option = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout<linger>.size)
            setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &option, size)
        }
        connection.phase = .closed
        connections[connection.id.slot] = nil
        freeSlots.append(connection.id.slot)
        Glibc.close(connection.descriptor)
        buffered -= connection.buffered
        openConnections -= 1
        if let count = connectionsOf[connection.address] {
            connectionsOf[connection.address] = count > 1 ? count - 1 : nil
        }
        if let stream = connection.stream {
            connection.stream = nil
            if !stream.isFinishing { counts.count { $0.streamsAbandoned += 1 } }
            over(stream)
        }
        counts.count { $0.connectionsOpen -= 1 }
        resumeAccepting()
    }

    /// The last bytes are sent: the client reads them, and then the connection ends. Closing at once would reset it,
    /// and the answer with it, when the client is still sending.
    func beginLingering(_ connection: Connection) {
        connection.phase = .lingering
        connection.deadline = now + times.linger
        connection.lingerBytes = limits.lingerBytes
        connection.leftover = []
        shutdown(connection.descriptor, Int32(SHUT_WR))
        setInterest(connection, Poller.readable | Poller.halfClosed)
    }
}
