/// Heads of answers that arrived in this round of curl. Whoever waits for one is told at the round's end: a short body
/// has arrived by then too, and is read without waiting again.
final class ArrivedHeads {
    private var heads: [(waiter: TransferReceiver.Continuation, head: HTTPResponse)] = []

    func add(_ waiter: TransferReceiver.Continuation, _ head: HTTPResponse) { heads.append((waiter, head)) }

    func tell() {
        guard !heads.isEmpty else { return }
        for (waiter, head) in heads { waiter.resume(returning: .success(head)) }
        heads.removeAll(keepingCapacity: true)
    }
}
