import Synchronization

/// The tasks of one healing, all of which end with it.
final class WorkGroup: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
        var isOver = false
    }

    private let state = Mutex(State())

    func run(_ operation: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isOver else { return }
            let id = state.next
            state.next += 1
            state.tasks[id] = Task { [weak self] in
                await operation()
                self?.forget(id)
            }
        }
    }

    func cancelAll() {
        let tasks = state.withLock { state in
            state.isOver = true
            defer { state.tasks = [:] }
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }

    /// Returns when what runs now has ended, or after `limit`; it is not cancelled.
    func finished(within limit: Duration) async {
        let tasks = state.withLock { Array($0.tasks.values) }
        guard !tasks.isEmpty else { return }
        let (ends, end) = AsyncStream<Void>.makeStream()
        let alarm = Task {
            try? await Task.sleep(for: limit)  // cancelled when the tasks were faster
            end.finish()
        }
        Task {
            for task in tasks { await task.value }
            end.finish()
        }
        for await _ in ends {}
        alarm.cancel()
    }

    private func forget(_ id: Int) { state.withLock { _ = $0.tasks.removeValue(forKey: id) } }
}
