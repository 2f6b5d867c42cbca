import Incidents
import Synchronization

/// A disk that outlives a desk.
final class FakeStore: IncidentStore {
    private struct State {
        var incidents: [String: IncidentRecord] = [:]
        var intents: [String: HealingIntent] = [:]
    }

    private let state = Mutex(State())
    /// Called with every intent before it counts as stored.
    private let onIntent: @Sendable (HealingIntent) -> Void

    init(onIntent: @escaping @Sendable (HealingIntent) -> Void = { _ in }) { self.onIntent = onIntent }

    func incidents() async -> [IncidentRecord] { state.withLock { Array($0.incidents.values) } }
    func save(_ incident: IncidentRecord) async { state.withLock { $0.incidents[incident.id] = incident } }
    func forget(incident id: String) async { state.withLock { $0.incidents[id] = nil } }

    func intents() async -> [HealingIntent] { state.withLock { Array($0.intents.values) } }
    func save(_ intent: HealingIntent) async {
        onIntent(intent)
        state.withLock { $0.intents[intent.id] = intent }
    }
    func forget(intent id: String) async { state.withLock { $0.intents[id] = nil } }
}
