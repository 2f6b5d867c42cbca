internal import CLinux
internal import Glibc

extension EventLoop {
    func answerArrived(_ id: ConnectionID, _ response: ServerResponse) {
        guard let connection = connection(id), connection.phase == .waiting else { return Self.discard(response) }
        if stopDeadline != nil { connection.isLast = true }
        answer(connection, response)
        flush(connection)
    }

    /// Appends an answer to what is sent to this connection next.
    func answer(_ connection: Connection, _ response: ServerResponse) {
        if response.headers.contains(where: { $0.name.hasSameName(as: "connection") && $0.value == "close" }) {
            connection.isLast = true
        }
        if case .stream(let stream) = response.body { return open(connection, stream, response) }
        appendAnswer(
            response, isVersion11: connection.isVersion11, isHeadOnly: connection.isHeadOnly,
            isLast: connection.isLast, to: &outgoing)
        readOn(connection)
    }

    /// The connection is free for the next request, or for the rest of one that has begun to arrive.
    private func readOn(_ connection: Connection) {
        if connection.exchange != nil {
            connection.phase = .body
            connection.deadline = now + times.body
        } else {
            connection.phase = .reading
            connection.deadline = now + (connection.scanner.isUntouched ? times.idle : times.header)
        }
    }

    func appendAnswer(
        _ response: ServerResponse, isVersion11: Bool, isHeadOnly: Bool, isLast: Bool, to output: inout [UInt8]
    ) {
        guard case .bytes(let bytes) = response.body else { return }
        let isBodiless = response.status == 204 || response.status == 304 || response.status < 200
        if bytes.count > Self.sendSize { output.reserveCapacity(output.count + bytes.count + 1024) }
        encoder.appendHead(
            response, framing: isBodiless ? .none : .length(bytes.count), isVersion11: isVersion11, isLast: isLast,
            second: second, to: &output)
        if !isBodiless && !isHeadOnly { output.append(contentsOf: bytes) }
    }

    /// Answers with the reason, and ends the connection: what follows on it cannot be trusted to be a request.
    func refuse(_ connection: Connection, _ refusal: Refusal) {
        counts.count { $0.refused[refusal, default: 0] += 1 }
        buffered -= connection.buffered
        connection.head = []
        connection.exchange = nil
        connection.isLast = true
        connection.isHeadOnly = false
        answer(connection, refusal.response)
    }

    // MARK: Sending

    /// Sends `outgoing`; what the socket does not take waits in the connection.
    func flush(_ connection: Connection) {
        defer {
            // A large answer must not keep its room for ever.
            if outgoing.capacity > 4 * Self.sendSize {
                outgoing = []
            } else {
                outgoing.removeAll(keepingCapacity: true)
            }
        }
        guard connection.phase != .closed else { return }
        if connection.hasOutput {
            connection.output.append(contentsOf: outgoing)
            return pause(connection)
        }
        guard !outgoing.isEmpty else { return settle(connection) }
        let sent = outgoing.withUnsafeBytes { transmit(connection, $0) }
        guard sent >= 0 else { return close(connection) }
        guard sent < outgoing.count else { return settle(connection) }
        if outgoing.capacity > 4 * Self.sendSize {
            // Handed over as it is: a large answer would be there twice.
            swap(&connection.output, &outgoing)
            connection.outputStart = sent
        } else {
            connection.output = Array(outgoing[sent...])
            connection.outputStart = 0
        }
        connection.deadline = now + times.stall
        connection.taken = 0
        setInterest(connection, connection.interest | Poller.writable)
        pause(connection)
    }

    /// - Returns: bytes sent, 0 when the socket is full, -1 when it is broken.
    private func transmit(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Int {
        var sent = 0
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count = send(connection.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { break }
                return -1
            }
            sent += count
        }
        if sent > 0 { counts.count { $0.bytesWritten += sent } }
        return sent
    }

    /// No further request is looked at until the client has taken what it asked for.
    private func pause(_ connection: Connection) {
        if connection.phase == .reading || connection.phase == .body { connection.phase = .writing }
        connection.stream?.writer.note(unsent: connection.output.count - connection.outputStart)
    }

    /// The socket has room again.
    func socketDrained(_ connection: Connection) {
        guard connection.hasOutput else {
            return setInterest(connection, connection.interest & ~Poller.writable)
        }
        let start = connection.outputStart
        let sent = connection.output.withUnsafeBytes {
            transmit(connection, UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
        guard sent >= 0 else { return close(connection) }
        connection.outputStart += sent
        connection.taken += sent
        let unsent = connection.output.count - connection.outputStart
        connection.stream?.writer.note(unsent: unsent)
        if unsent > 0 {
            // A byte now and then is not progress, or an answer could be held for ever.
            guard connection.taken >= Self.readSize else { return }
            connection.taken = 0
            connection.deadline = now + times.stall
            return
        }
        connection.output = []
        connection.outputStart = 0
        setInterest(connection, connection.interest & ~Poller.writable)
        settle(connection)
        if connection.phase == .streaming { sendStream(connection) }
    }

    /// Everything that was to be sent is sent: what comes next on this connection?
    private func settle(_ connection: Connection) {
        switch connection.phase {
        case .writing:
            readOn(connection)
            settle(connection)
        case .streaming:
            if connection.stream?.isFinishing == true {
                finishStream(connection)
            } else {
                connection.deadline = .max
            }
        case .waiting:
            connection.deadline = .max
        case .reading where connection.isLast || (stopDeadline != nil && connection.isIdle):
            beginLingering(connection)
        case .reading, .body:
            setInterest(connection, Poller.readable | Poller.halfClosed)
            if !connection.leftover.isEmpty, connection.phase == .reading { turns.append(connection.id) }
        case .lingering, .closed:
            return
        }
    }

    // MARK: Streams

    private func open(_ connection: Connection, _ stream: ResponseStream, _ response: ServerResponse) {
        guard openStreams < limits.streams else {
            stream.closed()
            return refuse(connection, .tooManyStreams)
        }
        if !connection.isVersion11 { connection.isLast = true }
        encoder.appendHead(
            response, framing: connection.isVersion11 ? .chunked : .untilClose, isVersion11: connection.isVersion11,
            isLast: connection.isLast, second: second, to: &outgoing)
        guard !connection.isHeadOnly else {
            stream.closed()
            return readOn(connection)
        }
        let writer = StreamWriter(connection: connection.id, mailbox: mailbox, limit: limits.streamQueueBytes)
        connection.stream = OpenStream(writer: writer, closed: stream.closed, isChunked: connection.isVersion11)
        connection.phase = .streaming
        connection.deadline = .max
        openStreams += 1
        counts.count {
            $0.streamsOpened += 1
            $0.streamsOpen += 1
        }
        // A client that has stopped sending before its stream began is noticed at once.
        setInterest(connection, connection.interest | Poller.readable | Poller.halfClosed)
        stream.opened(writer)
        appendBatch(connection)
    }

    /// Sends what was written since the last time, unless the client still has to take what was sent before.
    func sendStream(_ connection: Connection) {
        guard connection.phase == .streaming, let stream = connection.stream else { return }
        if connection.hasOutput {
            if stream.writer.isTooSlow { drop(connection) }
            return
        }
        appendBatch(connection)
        // Also when there is nothing to send: over HTTP/1.0 the end of a stream is no bytes at all.
        flush(connection)
    }

    /// Frames what is queued as one chunk.
    private func appendBatch(_ connection: Connection) {
        guard let stream = connection.stream else { return }
        let batch = stream.writer.take()
        if batch.isTooSlow { return drop(connection) }
        if let first = batch.first {
            if stream.isChunked {
                let size = batch.rest.reduce(first.count) { $0 + $1.count }
                ResponseEncoder.appendChunkSize(size, to: &outgoing)
            }
            outgoing.append(contentsOf: first)
            for bytes in batch.rest { outgoing.append(contentsOf: bytes) }
            if stream.isChunked { outgoing.append(contentsOf: "\r\n".utf8) }
        }
        if batch.isFinished {
            if stream.isChunked { outgoing.append(contentsOf: "0\r\n\r\n".utf8) }
            connection.stream?.isFinishing = true
        }
    }

    private func finishStream(_ connection: Connection) {
        guard let stream = connection.stream else { return }
        connection.stream = nil
        over(stream)
        readOn(connection)
        settle(connection)
    }

    /// The client reads too slowly.
    func drop(_ connection: Connection) {
        counts.count { $0.streamsDroppedSlow += 1 }
        connection.stream?.isFinishing = true
        close(connection, abruptly: true)
    }

    func over(_ stream: OpenStream) {
        openStreams -= 1
        counts.count { $0.streamsOpen -= 1 }
        stream.writer.end()
        stream.closed()
    }
}
