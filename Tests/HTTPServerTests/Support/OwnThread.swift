import Glibc

/// Runs what blocks on a thread of its own: on the cooperative ones it would hold up the answers it waits for.
enum OwnThread {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in start { continuation.resume(returning: work()) } }
    }

    static func start(_ work: @escaping @Sendable () -> Void) {
        final class Work: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let work = Unmanaged.passRetained(Work(work))
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        precondition(error == 0, "no thread for a test")
        pthread_detach(thread)
    }
}

/// Waits until a condition holds. Returns whether it did before the deadline.
func eventually(within limit: Duration = .seconds(20), _ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if condition() { return true }
        // Only a pause between two looks; how long it takes decides nothing.
        await pause(milliseconds: 2)
    }
    return condition()
}

private func pause(milliseconds: UInt32) async {
    await OwnThread.run { _ = usleep(milliseconds * 1_000) }  // between two looks at a condition
}
