internal import CLinux
internal import Glibc

internal import Synchronization

/// One thread that accepts, reads, asks the handler, and sends. Nothing on it may block.
///
/// Unchecked, because after `run` has begun only its own thread touches it; others reach it by the mailbox.
final class EventLoop: @unchecked Sendable {
    static let readSize = 16 * 1024
    /// Pipelined answers are sent when they have grown to this.
    static let sendSize = 64 * 1024

    let limits: HTTPLimits
    let times: LoopTimes
    let handler: any HTTPHandler
    let mailbox: Mailbox
    let counts: StatisticsCounter
    let poller: Poller
    let listener: Listener
    let parser = RequestParser()
    /// What is left of the descriptors for clients: others in the process need some, to reach the cluster above all.
    let connectionLimit: Int
    private let stopping: @Sendable () -> Void

    var encoder = ResponseEncoder()
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
    /// What is about to be sent to the connection at hand; empty between connections.
    var outgoing: [UInt8] = []
    /// By slot; a free one is nil.
    var connections: [Connection?] = []
    var freeSlots: [Int] = []
    var generation: UInt32 = 0
    var openConnections = 0
    var openStreams = 0
    var connectionsOf: [String: Int] = [:]
    /// Bytes of unfinished requests, of all connections.
    var buffered = 0
    /// Connections with requests that were read but not yet looked at.
    var turns: [ConnectionID] = []
    var now = LoopTimes.now
    var second = LoopTimes.second
    var nextSweep: Int64 = 0
    var isParked = false
    /// When a stop that was asked for stops waiting.
    var stopDeadline: Int64?

    init(
        limits: HTTPLimits, handler: any HTTPHandler, counts: StatisticsCounter, listener: Listener,
        stopping: @escaping @Sendable () -> Void
    ) throws(ListenFailure) {
        self.limits = limits
        times = LoopTimes(limits)
        self.handler = handler
        self.counts = counts
        self.listener = listener
        self.stopping = stopping
        connectionLimit = min(limits.connections, max(16, HTTPServer.descriptorLimit - 128))
        poller = try Poller()
        let wake = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wake >= 0 else {
            let error = errno
            poller.close()
            throw ListenFailure.system("eventfd", error)
        }
        mailbox = Mailbox(wakeDescriptor: wake)
        poller.add(wake, .mailbox, interest: Poller.readable)
        poller.add(listener.descriptor, .listener, interest: Poller.readable)
    }

    deinit { input.deallocate() }

    func run() {
        while !isOver {
            let ready = poller.wait(milliseconds: emptyMailbox() ? restTime : 0)
            now = LoopTimes.now
            second = LoopTimes.second
            mailbox.stayAwake()
            for index in 0..<ready { dispatch(poller.readiness(at: index)) }
            takeTurns()
            if now >= nextSweep { sweep() }
        }
        tearDown()
    }

    private var isOver: Bool {
        guard let stopDeadline else { return false }
        return openConnections == 0 || now >= stopDeadline
    }

    private var restTime: Int32 {
        if !turns.isEmpty { return 0 }
        var until = openConnections > 0 || isParked ? nextSweep : Int64.max
        if let stopDeadline { until = min(until, stopDeadline) }
        return until == .max ? -1 : Int32(clamping: max(0, until - LoopTimes.now))
    }

    private func dispatch(_ ready: Poller.Readiness) {
        switch ready.id {
        case .mailbox:
            var count: eventfd_t = 0
            eventfd_read(mailbox.wakeDescriptor, &count)
        case .listener:
            acceptAll()
        default:
            guard let connection = connection(ready.id) else { return }
            if ready.hasFailed { return close(connection) }
            if ready.canWrite { socketDrained(connection) }
            if ready.canRead || ready.hasHalfClosed { readable(connection, hasHalfClosed: ready.hasHalfClosed) }
        }
    }

    /// Returns true when there was nothing, so that the loop may rest.
    private func emptyMailbox() -> Bool {
        let contents = mailbox.take()
        for message in contents.messages {
            switch message {
            case .answer(let id, let response): answerArrived(id, response)
            case .stop(let grace): stop(grace: grace)
            }
        }
        for id in contents.streams {
            if let connection = connection(id), connection.stream != nil { sendStream(connection) }
        }
        return contents.isEmpty
    }

    /// Goes on with the connections that had more requests than one turn takes.
    private func takeTurns() {
        guard !turns.isEmpty else { return }
        let due = turns
        turns = []
        for id in due {
            guard let connection = connection(id), connection.phase == .reading, !connection.leftover.isEmpty
            else { continue }
            let bytes = connection.leftover
            connection.leftover = []
            bytes.withUnsafeBytes { feed(connection, $0) }
        }
    }

    func connection(_ id: ConnectionID) -> Connection? {
        guard id.slot < connections.count, let found = connections[id.slot], found.id == id else { return nil }
        return found
    }

    func setInterest(_ connection: Connection, _ interest: UInt32) {
        guard connection.interest != interest else { return }
        connection.interest = interest
        poller.change(connection.descriptor, connection.id, interest: interest)
    }

    // MARK: Stopping

    /// Idle connections are closed, the handler's streams are told, and what is under way is finished.
    private func stop(grace: Duration) {
        let deadline = now + LoopTimes.milliseconds(grace)
        if let known = stopDeadline {
            stopDeadline = min(known, deadline)
            return
        }
        stopDeadline = deadline
        if !isParked { poller.remove(listener.descriptor) }
        isParked = false
        listener.close()
        for connection in connections {
            if let connection, connection.isIdle { close(connection) }
        }
        stopping()
    }

    private func tearDown() {
        for connection in connections {
            if let connection { close(connection) }
        }
        for message in mailbox.close().messages {
            if case .answer(_, let response) = message { Self.discard(response) }
        }
        poller.close()
    }

    /// An answer nobody will read: its stream is over before it began.
    static func discard(_ response: ServerResponse) {
        if case .stream(let stream) = response.body { stream.closed() }
    }
}
