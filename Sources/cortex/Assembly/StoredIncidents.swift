import FoundationEssentials
import History
import Incidents
import JSON
import Logging

/// Incidents and intents on disk, across restarts. What cannot be stored is said, and healing goes on without it.
struct StoredIncidents: IncidentStore {
    private static let incidentKind = "incident"
    private static let intentKind = "intent"
    let memory: Memory
    let log: Logger

    func incidents() async -> [IncidentRecord] { await all(Self.incidentKind) }
    func save(_ incident: IncidentRecord) async {
        await save(Result { try JSONCoding.encode(incident) }, Self.incidentKind, incident.id)
    }
    func forget(incident id: String) async { await forget(Self.incidentKind, id) }

    func intents() async -> [HealingIntent] { await all(Self.intentKind) }
    func save(_ intent: HealingIntent) async {
        await save(Result { try JSONCoding.encode(intent) }, Self.intentKind, intent.id)
    }
    func forget(intent id: String) async { await forget(Self.intentKind, id) }

    private func all<Value: Decodable>(_ kind: String) async -> [Value] {
        do {
            var values: [Value] = []
            for entry in try await memory.all(kind: kind) {
                do {
                    values.append(try JSONCoding.decode(Value.self, from: entry.value))
                } catch {
                    log.warning("The stored \(kind) \(entry.key) cannot be read and is left out: \(error)")
                }
            }
            return values
        } catch {
            log.warning("What is stored of each \(kind) cannot be read: \(error)")
            return []
        }
    }

    /// Not generic: Swift 6.3's optimizer dies over a generic asynchronous function that encodes.
    private func save(_ encoded: Result<Data, any Error>, _ kind: String, _ key: String) async {
        do {
            try await memory.remember(kind: kind, key: key, value: try encoded.get())
        } catch {
            log.warning("The \(kind) \(key) cannot be stored: \(error)")
        }
    }

    private func forget(_ kind: String, _ key: String) async {
        do {
            try await memory.forget(kind: kind, key: key)
        } catch {
            log.warning("The \(kind) \(key) cannot be forgotten: \(error)")
        }
    }
}
