/// Is told when incidents begin and end, once for each however many requests joined it: metrics, logs.
public protocol IncidentObserving: Sendable {
    func incidentBegan(service: String, namespace: String)
    func incidentEnded(_ summary: IncidentSummary)
    /// Anything about an incident changed; `step` is what was added to it, nil for a change without one.
    func incidentChanged(_ incident: IncidentRecord, step: IncidentRecord.Step?)
}

extension IncidentObserving {
    public func incidentBegan(service: String, namespace: String) {}
    public func incidentEnded(_ summary: IncidentSummary) {}
    public func incidentChanged(_ incident: IncidentRecord, step: IncidentRecord.Step?) {}
}

/// How an incident ended.
public struct IncidentSummary: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// Cortex acted, and the service is proven to answer.
        case healed
        /// The service answers again and Cortex changed nothing.
        case recovered
        /// A person is needed; Cortex said for what.
        case escalated
        /// Cortex acted and could not prove that it helped.
        case failed
    }
    public var service: String
    public var namespace: String
    /// The cause by its name in the fault catalogue; `unknown` when nothing known explains what was seen.
    public var cause: String
    /// The action by its name in the catalogue (`scale`, `rollback`, …, `none`).
    public var action: String
    public var outcome: Outcome
    public var duration: Duration

    public init(
        service: String, namespace: String, cause: String, action: String, outcome: Outcome, duration: Duration
    ) {
        self.service = service
        self.namespace = namespace
        self.cause = cause
        self.action = action
        self.outcome = outcome
        self.duration = duration
    }
}
