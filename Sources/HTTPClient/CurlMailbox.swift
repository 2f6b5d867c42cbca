internal import CLinux
internal import Synchronization

/// What other threads want of the thread that runs curl; the only state they share.
final class CurlMailbox: Sendable {
    enum Command: Sendable {
        case start(UInt64, HTTPRequest, TransferReceiver)
        case cancel(UInt64)
        /// The reader made room; go on receiving.
        case resume(UInt64)
    }

    private struct State {
        var commands: [Command] = []
        var isStopping = false
        var isClosed = false
        var reason = "the HTTP transport was shut down"
    }

    private let state = Mutex(State())
    private let counts = Mutex(TransportStatistics())
    private let lastID = Atomic<UInt64>(0)
    /// The thread will look here before it rests, so it need not be woken. Outside of the lock, as is the system call
    /// that wakes it: who holds the lock holds it for a few instructions only.
    private let isAwake = Atomic(true)
    /// An eventfd, -1 where the system gave none. Closed with the mailbox itself, so that nobody who still posts can
    /// write to what has its number by then.
    let wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))

    deinit {
        if wakeDescriptor >= 0 { CLinux.close(wakeDescriptor) }
    }

    private func wake() {
        if !isAwake.exchange(true, ordering: .sequentiallyConsistent) { eventfd_write(wakeDescriptor, 1) }
    }

    func nextID() -> UInt64 { lastID.add(1, ordering: .relaxed).newValue }

    /// False when the thread has ended and nobody will look.
    @discardableResult
    func post(_ command: Command) -> Bool {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.commands.append(command)
            return true
        }
        // In this order here, and in the opposite one where the thread goes to rest: one of the two sees the other.
        if isOpen { wake() }
        return isOpen
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    var stoppedFailure: HTTPFailure {
        state.withLock { HTTPFailure(kind: .cancelled, message: $0.reason, mayHaveBeenSent: false) }
    }

    var statistics: TransportStatistics { counts.withLock { $0 } }

    // MARK: - For the thread

    func take() -> (commands: [Command], isStopping: Bool) {
        state.withLock { state in
            var commands: [Command] = []
            swap(&commands, &state.commands)
            return (commands, state.isStopping)
        }
    }

    /// Whether there is nothing to do; the next command wakes the thread then.
    func mayRest() -> Bool {
        isAwake.store(false, ordering: .sequentiallyConsistent)
        if state.withLock({ $0.commands.isEmpty && !$0.isStopping }) { return true }
        isAwake.store(true, ordering: .sequentiallyConsistent)
        return false
    }

    /// It has rested.
    func woke(byCommand: Bool) {
        isAwake.store(true, ordering: .sequentiallyConsistent)
        var count: eventfd_t = 0
        if byCommand { eventfd_read(wakeDescriptor, &count) }
    }

    /// Nothing is accepted from here on. Returns what came in last.
    func close(because reason: String? = nil) -> [Command] {
        state.withLock { state in
            state.isClosed = true
            if let reason { state.reason = reason }
            let commands = state.commands
            state.commands = []
            return commands
        }
    }

    func count(_ change: (inout TransportStatistics) -> Void) { counts.withLock { change(&$0) } }
}
