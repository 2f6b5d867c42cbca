import Healing
import Synchronization

/// What happened to one healing, in order. A change is only noted once until it is taken out, so that a flood of watch
/// events cannot fill it; everything else in it answers an effect, of which there are few.
final class Mailbox: Sendable {
    private let hasChange = Mutex(false)
    private let continuation: AsyncStream<HealingInput>.Continuation
    private let stream: AsyncStream<HealingInput>

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: HealingInput.self)
    }

    func put(_ input: HealingInput) { continuation.yield(input) }

    func changed() {
        let isFirst = hasChange.withLock { pending in
            defer { pending = true }
            return !pending
        }
        if isFirst { continuation.yield(.changed) }
    }

    /// The next input; nil when the task was cancelled.
    func next() async -> HealingInput? {
        for await input in stream {
            if case .changed = input { hasChange.withLock { $0 = false } }
            return input
        }
        return nil
    }
}
