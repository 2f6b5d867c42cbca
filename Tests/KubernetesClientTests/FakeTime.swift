import FoundationEssentials
import KubernetesClient
import Synchronization

/// A clock that moves when somebody sleeps, or when the test says so.
final class FakeTime: Sendable {
    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))

    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by duration: Duration) { state.withLock { $0.now += duration } }

    var timing: Timing {
        Timing(
            now: { self.state.withLock { $0.now } },
            date: { Date(timeIntervalSince1970: 1_767_225_600 + self.state.withLock { $0.now } / .seconds(1)) },
            sleep: { duration in
                try Task.checkCancellation()
                // Or a loop of sleeps would keep its thread to itself.
                await Task.yield()
                self.state.withLock { state in
                    state.now += duration
                    state.sleeps.append(duration)
                }
            },
            seed: { 7 })
    }
}
