internal import CLinux
internal import Glibc

extension EventLoop {
    func readable(_ connection: Connection, hasHalfClosed: Bool) {
        switch connection.phase {
        case .reading, .body:
            // What was read before comes first.
            guard connection.leftover.isEmpty else { return }
            receive(connection)
        case .waiting, .writing:
            // The client talks out of turn, or has said all it will: it still gets its answer.
            setInterest(connection, connection.interest & Poller.writable)
        case .streaming:
            // Nothing tells a client that only stopped sending from one that left, until something is written; an idle
            // stream would stay for ever. So the end of its sending is the end of its stream.
            if hasHalfClosed { return close(connection) }
            setInterest(connection, connection.interest & ~Poller.readable)
        case .lingering:
            discardInput(connection)
        case .closed:
            return
        }
    }

    private func receive(_ connection: Connection) {
        let count = recv(connection.descriptor, input.baseAddress, input.count, 0)
        if count > 0 {
            counts.count { $0.bytesRead += count }
            feed(connection, UnsafeRawBufferPointer(rebasing: input[..<count]))
        } else if count == 0 {
            if connection.isIdle { return close(connection) }
            refuse(connection, .incomplete)
            flush(connection)
        } else if errno != EAGAIN && errno != EINTR {
            close(connection)
        }
    }

    private func discardInput(_ connection: Connection) {
        let count = recv(connection.descriptor, input.baseAddress, input.count, 0)
        if count > 0 { connection.lingerBytes -= count }
        let isBlocked = count < 0 && (errno == EAGAIN || errno == EINTR)
        if (count <= 0 && !isBlocked) || connection.lingerBytes <= 0 { close(connection) }
    }

    /// Takes what arrived as far as it goes: a part of a head, a part of a body, or several requests, whose answers
    /// go out together. What comes behind a request that is not answered at once waits.
    func feed(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        var served = 0
        while offset < bytes.count, !connection.isLast, connection.phase != .closed {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let isTurnOver = served >= limits.pipelinedRequests && connection.scanner.isUntouched
            guard connection.phase == .body || (connection.phase == .reading && !isTurnOver) else {
                connection.leftover.append(contentsOf: rest)
                break
            }
            if connection.phase == .reading {
                offset += readHead(connection, rest)
            } else {
                offset += readBody(connection, rest)
            }
            if connection.phase == .reading { served += 1 }
            if outgoing.count > Self.sendSize { flush(connection) }
        }
        flush(connection)
    }

    /// - Returns: how many bytes were taken.
    private func readHead(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Int {
        if connection.scanner.isUntouched { connection.deadline = now + times.header }
        switch connection.scanner.scan(bytes, limits: limits) {
        case .more:
            connection.head.append(contentsOf: bytes)
            reserve(bytes.count, for: connection)
            return bytes.count
        case .refused(let refusal):
            refuse(connection, refusal)
            return bytes.count
        case .complete(let count):
            connection.scanner = HeadScanner()
            do throws(Refusal) {
                begin(connection, try parseHead(connection, UnsafeRawBufferPointer(rebasing: bytes[..<count])))
                if connection.exchange?.head.expectsContinue == true, count == bytes.count {
                    outgoing.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
                }
            } catch {
                refuse(connection, error)
            }
            return count
        }
    }

    private func parseHead(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) throws(Refusal) -> RequestHead {
        if connection.head.isEmpty { return try parser.parse(bytes) }
        var whole: [UInt8] = []
        swap(&whole, &connection.head)
        buffered -= whole.count
        whole.append(contentsOf: bytes)
        return try whole.withUnsafeBufferPointer { (whole) throws(Refusal) in
            try parser.parse(UnsafeRawBufferPointer(whole))
        }
    }

    private func begin(_ connection: Connection, _ head: RequestHead) {
        connection.isVersion11 = head.isVersion11
        connection.isHeadOnly = head.method == "HEAD"
        switch head.framing {
        case .none:
            ask(connection, head, body: [])
        case .length(let length) where length > limits.bodyBytes:
            refuse(connection, .bodyTooLarge)
        case .length, .chunked:
            connection.exchange = Exchange(head: head)
            connection.phase = .body
            connection.deadline = now + times.body
        }
    }

    private func readBody(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Int {
        guard let exchange = connection.exchange else { return bytes.count }
        let before = exchange.body.count
        var taken = bytes.count
        var isComplete = false
        if case .length(let length) = exchange.head.framing {
            taken = min(bytes.count, length - before)
            exchange.body.append(contentsOf: bytes[..<taken])
            isComplete = exchange.body.count == length
        } else {
            switch exchange.chunks?.decode(bytes, into: &exchange.body, limits: limits) {
            case .complete(let count): (taken, isComplete) = (count, true)
            case .refused(let refusal):
                buffered += exchange.body.count - before
                refuse(connection, refusal)
                return bytes.count
            case .more, nil: break
            }
        }
        if isComplete {
            buffered -= before
            connection.exchange = nil
            ask(connection, exchange.head, body: exchange.body)
        } else {
            reserve(exchange.body.count - before, for: connection)
        }
        return taken
    }

    /// Counts bytes of an unfinished request; all of them together have a limit too.
    private func reserve(_ count: Int, for connection: Connection) {
        buffered += count
        if buffered > limits.bufferedBytes { refuse(connection, .outOfMemory) }
    }

    private func ask(_ connection: Connection, _ head: RequestHead, body: [UInt8]) {
        connection.isLast = !head.isKeptAlive || stopDeadline != nil
        connection.hasServed = true
        counts.count { $0.requests += 1 }
        let request = ServerRequest(
            method: head.method, path: head.path, query: head.query, headers: head.headers, body: body,
            remoteAddress: connection.address)
        switch handler.respond(to: request) {
        case .now(let response):
            answer(connection, response)
        case .whenKnown(let begin):
            begin(awaitAnswer(on: connection))
        case .later(let work):
            let answer = awaitAnswer(on: connection)
            Task { answer(await work()) }
        }
    }

    private func awaitAnswer(on connection: Connection) -> @Sendable (ServerResponse) -> Void {
        connection.phase = .waiting
        connection.deadline = .max
        let (id, mailbox) = (connection.id, mailbox)
        return { response in
            if !mailbox.post(.answer(id, response)) { Self.discard(response) }
        }
    }
}
