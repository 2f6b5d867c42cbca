import Dispatch
import Glibc

/// SIGTERM and SIGINT as something to wait for, and SIGPIPE as nothing.
enum Signals {
    /// Blocks both in this thread and in every thread started after it. Called before anything else.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = ending
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits, on a thread of its own, until somebody asks the program to end.
    static func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "signals").async {
                var set = ending
                var received: Int32 = 0
                while sigwait(&set, &received) != 0 {}
                continuation.resume(returning: received)
            }
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
