internal import CLinux
internal import Synchronization

/// What other threads leave for the loop, with one eventfd to wake it.
///
/// The loop is woken only when it rests: while it works, it looks here before it rests again. So an event for 10,000
/// streams costs one wake-up.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case answer(ConnectionID, ServerResponse)
        case stop(grace: Duration)
    }

    struct Contents {
        var messages: [Message] = []
        /// Streams that have something to take.
        var streams: [ConnectionID] = []
        var isEmpty: Bool { messages.isEmpty && streams.isEmpty }
    }

    private struct State {
        var contents = Contents()
        var isClosed = false
    }

    private let state = Mutex(State())
    /// The loop will look here before it rests. Outside of the lock, as is the system call that wakes it: who holds the
    /// lock holds it for a few instructions only.
    private let isAwake = Atomic(false)
    /// Whether there are contents: looking for them costs the loop no lock.
    private let isFilled = Atomic(false)
    /// Closed with the mailbox itself, so that nobody who still posts can write to what has its number by then.
    let wakeDescriptor: Int32

    init(wakeDescriptor: Int32) { self.wakeDescriptor = wakeDescriptor }

    deinit { CLinux.close(wakeDescriptor) }

    /// Returns false when the loop is gone and nobody will read the message.
    func post(_ message: Message) -> Bool {
        deliver { $0.messages.append(message) }
    }

    func announce(_ stream: ConnectionID) {
        _ = deliver { $0.streams.append(stream) }
    }

    private func deliver(_ change: (inout Contents) -> Void) -> Bool {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            change(&state.contents)
            isFilled.store(true, ordering: .sequentiallyConsistent)
            return true
        }
        // In this order here, and in the opposite one where the loop goes to rest: one of the two sees the other.
        if isOpen, !isAwake.exchange(true, ordering: .sequentiallyConsistent) { eventfd_write(wakeDescriptor, 1) }
        return isOpen
    }

    /// Loop only: it works, and will look here before it rests.
    func stayAwake() { isAwake.store(true, ordering: .sequentiallyConsistent) }

    /// Loop only: takes everything. When there is nothing, the loop may rest and the next message wakes it.
    func take() -> Contents {
        isAwake.store(false, ordering: .sequentiallyConsistent)
        guard isFilled.load(ordering: .sequentiallyConsistent) else { return Contents() }
        stayAwake()
        return state.withLock { state in
            isFilled.store(false, ordering: .sequentiallyConsistent)
            var contents = Contents()
            swap(&contents, &state.contents)
            return contents
        }
    }

    /// Loop only: the last thing it does. What is still there is handed back.
    func close() -> Contents {
        state.withLock { state in
            state.isClosed = true
            var contents = Contents()
            swap(&contents, &state.contents)
            return contents
        }
    }
}
