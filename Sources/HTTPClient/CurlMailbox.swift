internal import CCurl
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
        var multi: CurlMultiHandle?
        var isStopping = false
        var isClosed = false
        var reason = "the HTTP transport was shut down"
        var lastID: UInt64 = 0
        var statistics = TransportStatistics()
    }

    private let state = Mutex(State())

    func nextID() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    /// False when the thread has ended and nobody will look.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.commands.append(command)
            state.multi?.wake()
            return true
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopping = true
            state.multi?.wake()
        }
    }

    var stoppedFailure: HTTPFailure {
        state.withLock { HTTPFailure(kind: .cancelled, message: $0.reason, mayHaveBeenSent: false) }
    }

    var statistics: TransportStatistics { state.withLock { $0.statistics } }

    // MARK: - For the thread

    func open(_ multi: CurlMultiHandle) { state.withLock { $0.multi = multi } }

    func take() -> (commands: [Command], isStopping: Bool) {
        state.withLock { state in
            let commands = state.commands
            state.commands = []
            return (commands, state.isStopping)
        }
    }

    /// Nothing is accepted from here on, and the handle is not woken again. Returns what came in last.
    func close(because reason: String? = nil) -> [Command] {
        state.withLock { state in
            state.isClosed = true
            state.multi = nil
            if let reason { state.reason = reason }
            let commands = state.commands
            state.commands = []
            return commands
        }
    }

    func count(_ change: (inout TransportStatistics) -> Void) { state.withLock { change(&$0.statistics) } }
}

/// curl's multi handle. Other threads only ever wake it, which curl allows.
struct CurlMultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    func wake() { curl_multi_wakeup(pointer) }
}
