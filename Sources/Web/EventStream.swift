import HTTPServer
import Synchronization
import Tasks

/// One open stream of a source's events. While nothing happens it is a number and a writer: no task, no buffer.
///
/// Events are read from the source's own log and written outside of every lock. Whoever finds events to send while
/// another thread sends already leaves a mark, so each event is sent once and in order.
final class EventStream: TaskWatching {
    private struct State {
        var writer: (any ResponseWriting)?
        var sent: Int
        var isSending = false
        var isMarked = false
        var isOver = false
        /// Whether anything was written since the last heartbeat was due.
        var isBusy = false
    }

    private let source: any EventSource
    private let state: Mutex<State>

    /// - Parameter sent: the number of the last event that the client has.
    init(_ source: any EventSource, after sent: Int) {
        self.source = source
        state = Mutex(State(sent: sent))
    }

    func open(_ writer: any ResponseWriting) {
        let isNew = state.withLock { state in
            state.writer = writer
            return state.sent == 0
        }
        // A client that is gone already is noticed by the first event.
        if isNew { _ = writer.write(Self.greeting) }
        source.watch(self)
        _ = taskHasEvents()
    }

    /// The client left or the body ended: the source forgets this watcher when it next has something to say.
    func close() {
        state.withLock {
            $0.isOver = true
            $0.writer = nil
        }
    }

    var isWatching: Bool { state.withLock { !$0.isOver } }

    /// A comment, where nothing else was written since the last time this was asked.
    func beat() {
        let writer = state.withLock { state -> (any ResponseWriting)? in
            defer { state.isBusy = false }
            return state.isBusy || state.isSending ? nil : state.writer
        }
        if let writer, !writer.write(Self.heartbeat) { close() }
    }

    func taskHasEvents() -> Bool {
        let writer = state.withLock { state -> (any ResponseWriting)? in
            guard !state.isOver, let writer = state.writer else { return nil }
            state.isMarked = true
            guard !state.isSending else { return nil }
            state.isSending = true
            return writer
        }
        guard let writer else { return isWatching }
        while let sent = nextRound() {
            guard send(after: sent, to: writer) else {
                close()
                return false
            }
        }
        return true
    }

    /// Where to go on from; nil when nothing was marked since the last round, which ends the sending.
    private func nextRound() -> Int? {
        state.withLock { state in
            guard state.isMarked, !state.isOver else {
                state.isSending = false
                return nil
            }
            state.isMarked = false
            state.isBusy = true
            return state.sent
        }
    }

    private func send(after sent: Int, to writer: any ResponseWriting) -> Bool {
        let batch = source.events(after: sent)
        var bytes: [UInt8] = []
        if batch.missed > 0 { bytes += ": \(batch.missed) events are no longer kept\n\n".utf8 }
        if bytes.isEmpty, batch.events.count == 1, let only = batch.events.first {
            bytes = only.frame  // shared with every other stream
        } else {
            for event in batch.events { bytes += event.frame }
        }
        if let last = batch.events.last { state.withLock { $0.sent = last.number } }
        guard bytes.isEmpty || writer.write(bytes) else { return false }
        guard batch.isLast else { return true }
        writer.finish()
        return false
    }

    /// A comment for whoever looks at a stream that comes late: a client that reads events never sees it.
    private static let greeting = Array(
        ": events follow as they happen; if they come all at once, a proxy buffers them: switch its buffering off\n\n"
            .utf8)
    private static let heartbeat = Array(": heartbeat\n\n".utf8)
}
