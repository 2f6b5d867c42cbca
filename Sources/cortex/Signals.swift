import Glibc
import Synchronization

/// SIGTERM and SIGINT as something to wait for, and SIGPIPE as nothing.
///
/// The main thread takes them. It must not be given to `dispatchMain`, nor `main` be async, which does the same: on
/// Linux that thread then waits with every signal unblocked, and the first one ends the program.
enum Signals {
    private struct State {
        var received: [Int32] = []
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    private static let state = Mutex(State())
    /// Beyond it nobody is listening, and what is new says nothing new.
    private static let maximumReceived = 8

    /// Blocks both in this thread and in every thread started after it. Called before anything else.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = ending
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Takes signals until the program ends. For the main thread, after `block`.
    static func deliver() -> Never {
        while true {
            var set = ending
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { continue }
            let waiting = state.withLock { state -> [CheckedContinuation<Int32, Never>] in
                if state.waiting.isEmpty, state.received.count < maximumReceived { state.received.append(number) }
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: number) }
        }
    }

    /// Waits until somebody asks the program to end, once for each time they ask.
    static func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int32? in
                guard state.received.isEmpty else { return state.received.removeFirst() }
                state.waiting.append(continuation)
                return nil
            }
            if let number { continuation.resume(returning: number) }
        }
    }

    private static var ending: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }
}
