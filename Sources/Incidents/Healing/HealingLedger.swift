public import FoundationEssentials
public import Healing
import JSON
import Kubernetes
import Synchronization

/// Every change that Cortex makes: allowed by the budgets, on disk before it is sent, closed after.
public final class HealingLedger: Sendable {
    enum Permit: Sendable {
        case granted(HealingIntent)
        case denied(reason: String, advice: String?)
    }

    private struct State {
        var intents: [String: HealingIntent] = [:]
        /// Why nothing may be changed now.
        var hold: (reason: String, advice: String)?
        var budget: HealingBudget

        /// How long a change is kept, in seconds.
        var keeping: Double { 2 * Double(budget.period.components.seconds) }

        /// What was refused, or seen not to have been carried out, changed nothing.
        func answer(for attempt: HealingAttempt) -> HealingBudget.Answer {
            budget.answer(
                for: attempt,
                after: intents.values.filter { ![.refused, .foundUndone].contains($0.end) && !$0.isUndo }
                    .map(\.attempt))
        }

        /// Whoever makes the same change once more in one healing has looked what became of it: it was not carried out.
        mutating func settle(before next: HealingIntent) -> [HealingIntent] {
            let undone = intents.values.filter {
                $0.end == .unknown && $0.incident == next.incident && $0.workload == next.workload
                    && $0.write.action == next.write.action && $0.isUndo == next.isUndo
            }
            for intent in undone { intents[intent.id]?.end = .foundUndone }
            return undone.compactMap { intents[$0.id] }
        }
    }

    private let store: (any IncidentStore)?
    private let state: Mutex<State>

    /// - Parameter store: nil to remember only until this object is gone.
    public init(budget: HealingBudget = HealingBudget(), store: (any IncidentStore)? = nil) {
        state = Mutex(State(budget: budget))
        self.store = store
    }

    /// Lets these budgets count from now on; what was changed before them counts too.
    public func use(_ budget: HealingBudget) { state.withLock { $0.budget = budget } }

    /// How long a change is kept, in seconds.
    private var keeping: Double { state.withLock { $0.keeping } }

    /// What an earlier run, or another process, left. Called before the first change.
    /// - Returns: intents of which nobody knows what became of them.
    @discardableResult
    public func load(now: Date) async -> [HealingIntent] {
        guard let store else { return [] }
        let start = now.addingTimeInterval(-keeping)
        var open: [HealingIntent] = []
        for intent in await store.intents() {
            guard intent.at > start || intent.end == nil else {
                await store.forget(intent: intent.id)
                continue
            }
            state.withLock { $0.intents[intent.id] = intent }
            if intent.end == nil { open.append(intent) }
        }
        return open
    }

    /// Nothing is changed until `release`, but for what a request needs and was only scaled down.
    public func hold(because reason: String, advice: String) { state.withLock { $0.hold = (reason, advice) } }
    public func release() { state.withLock { $0.hold = nil } }

    /// Why nothing may be changed now; nil when that is not so.
    var holdReason: String? { state.withLock { $0.hold?.reason } }

    /// Whether the budgets allow this now.
    public func answer(for attempt: HealingAttempt) -> HealingBudget.Answer {
        state.withLock { $0.answer(for: attempt) }
    }

    /// Takes the change into the books, on disk; the caller sends it only when this granted it.
    func begin(_ intent: HealingIntent) async -> Permit {
        let settled = state.withLock { $0.settle(before: intent) }
        for earlier in settled { await store?.save(earlier) }
        let permit = state.withLock { state -> Permit in
            if !intent.isUndo {
                let mayPassHold = intent.trigger != .watch && intent.write.action == .scale
                if let hold = state.hold, !mayPassHold { return .denied(reason: hold.reason, advice: hold.advice) }
                switch state.answer(for: intent.attempt) {
                case .allowed: break
                case .wait(let until):
                    return .denied(
                        reason: "it did the same a moment ago and waits until \(RFC3339.string(from: until))",
                        advice: nil)
                case .exhausted(let reason):
                    return .denied(
                        reason: reason,
                        advice: "What fails again and again has a cause that this does not remove: look at its log and "
                            + "at what it depends on")
                }
            }
            state.intents[intent.id] = intent
            return .granted(intent)
        }
        if case .granted(let intent) = permit { await store?.save(intent) }
        return permit
    }

    func end(_ id: String, _ end: HealingIntent.End) async {
        let intent = state.withLock { state -> HealingIntent? in
            state.intents[id]?.end = end
            return state.intents[id]
        }
        if let intent { await store?.save(intent) }
        await prune()
    }

    /// Forgets what no budget counts any more.
    private func prune() async {
        let old = state.withLock { state -> [String] in
            guard state.intents.count > Self.maximumIntents, let newest = state.intents.values.map(\.at).max() else {
                return []
            }
            let start = newest.addingTimeInterval(-state.keeping)
            let old = state.intents.values.filter { $0.end != nil && $0.at < start }.map(\.id)
            for id in old { state.intents[id] = nil }
            return old
        }
        for id in old { await store?.forget(intent: id) }
    }

    private static let maximumIntents = 500
}
