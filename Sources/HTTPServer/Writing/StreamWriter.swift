internal import Synchronization

/// The queue between whoever writes to a stream and the loop that sends it.
///
/// Writing costs two short locks and at most one wake-up of the loop, whatever the number of streams: what is written
/// while the loop is busy is taken in one go. The bytes are shared, not copied, until the loop frames them.
final class StreamWriter: ResponseWriting {
    /// What the loop takes in one go.
    struct Batch {
        var first: [UInt8]?
        var rest: [[UInt8]] = []
        var isFinished = false
        var isTooSlow = false
    }

    private struct State {
        var batch = Batch()
        var queued = 0
        /// Bytes the loop has taken and the client has not.
        var unsent = 0
        /// The loop knows that there is something to take. True from the start: it looks once after `opened`.
        var isAnnounced = true
        var isOver = false
    }

    private let state = Mutex(State())
    private let mailbox: Mailbox
    private let connection: ConnectionID
    private let limit: Int

    init(connection: ConnectionID, mailbox: Mailbox, limit: Int) {
        self.connection = connection
        self.mailbox = mailbox
        self.limit = limit
    }

    @discardableResult func write(_ bytes: [UInt8]) -> Bool {
        let (isOpen, mustAnnounce) = state.withLock { state -> (Bool, Bool) in
            guard !state.isOver else { return (false, false) }
            guard !bytes.isEmpty else { return (true, false) }
            if state.queued + state.unsent + bytes.count > limit {
                state.batch.isTooSlow = true
                state.isOver = true
            } else {
                state.queued += bytes.count
                if state.batch.first == nil {
                    state.batch.first = bytes
                } else {
                    state.batch.rest.append(bytes)
                }
            }
            defer { state.isAnnounced = true }
            return (!state.isOver, !state.isAnnounced)
        }
        if mustAnnounce { mailbox.announce(connection) }
        return isOpen
    }

    func finish() {
        let mustAnnounce = state.withLock { state in
            guard !state.isOver else { return false }
            state.isOver = true
            state.batch.isFinished = true
            defer { state.isAnnounced = true }
            return !state.isAnnounced
        }
        if mustAnnounce { mailbox.announce(connection) }
    }

    /// Loop only: everything queued since the last time.
    func take() -> Batch {
        state.withLock { state in
            state.isAnnounced = false
            state.queued = 0
            var batch = Batch()
            swap(&batch, &state.batch)
            return batch
        }
    }

    /// Loop only: how much of what was taken still waits for the client. While something does, the loop does not take.
    func note(unsent: Int) {
        state.withLock { $0.unsent = unsent }
    }

    /// Loop only: the stream is over; whatever is written from now on is refused.
    func end() {
        state.withLock { state in
            state.isOver = true
            state.batch = Batch()
        }
    }

    /// Loop only: whether the queue ran over while the loop was waiting for the client.
    var isTooSlow: Bool { state.withLock { $0.batch.isTooSlow } }
}
