/// Where incidents and intents outlive the program. What cannot be stored is said in the log and changes no decision.
public protocol IncidentStore: Sendable {
    func incidents() async -> [IncidentRecord]
    /// On the disk when it returns.
    func save(_ incident: IncidentRecord) async
    func forget(incident id: String) async

    func intents() async -> [HealingIntent]
    /// On the disk when it returns.
    func save(_ intent: HealingIntent) async
    func forget(intent id: String) async
}
