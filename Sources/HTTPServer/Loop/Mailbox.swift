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
        /// The loop will look here before it rests.
        var isAwake = false
        var isClosed = false
    }

    private let state = Mutex(State())
    let wakeDescriptor: Int32

    init(wakeDescriptor: Int32) { self.wakeDescriptor = wakeDescriptor }

    /// Returns false when the loop is gone and nobody will read the message.
    func post(_ message: Message) -> Bool {
        deliver { $0.messages.append(message) }
    }

    func announce(_ stream: ConnectionID) {
        _ = deliver { $0.streams.append(stream) }
    }

    private func deliver(_ change: (inout Contents) -> Void) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            change(&state.contents)
            if !state.isAwake {
                state.isAwake = true
                // Under the lock, so that the descriptor cannot be closed and reused in between.
                eventfd_write(wakeDescriptor, 1)
            }
            return true
        }
    }

    /// Loop only: it works, and will look here before it rests.
    func stayAwake() { state.withLock { $0.isAwake = true } }

    /// Loop only: takes everything. When there is nothing, the loop may rest and the next message wakes it.
    func take() -> Contents {
        state.withLock { state in
            guard !state.contents.isEmpty else {
                state.isAwake = false
                return Contents()
            }
            state.isAwake = true
            var contents = Contents()
            swap(&contents, &state.contents)
            return contents
        }
    }

    /// Loop only: the last thing it does. What is still there is handed back.
    func close() -> Contents {
        state.withLock { state in
            state.isClosed = true
            CLinux.close(wakeDescriptor)
            var contents = Contents()
            swap(&contents, &state.contents)
            return contents
        }
    }
}
