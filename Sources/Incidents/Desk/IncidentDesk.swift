import Diagnosis
public import FoundationEssentials
public import Healing
public import Kubernetes
public import Logging
import Synchronization

/// Opens incidents and lets everybody who needs the same workload join the one that is open.
public final class IncidentDesk: ServiceHealing {
    /// What the desk works with: everything outside it.
    public struct Surroundings: Sendable {
        public var api: any ClusterAPI
        public var prober: any ServiceProbing
        public var memory: (any ReplicaMemory)?
        public var incidents: IncidentLog
        public var ledger: HealingLedger
        /// Nil where this is the only Cortex that changes anything.
        public var leases: LeaseKeeper?
        public var observers: [any IncidentObserving]
        public var log: Logger
        public var now: @Sendable () -> Date
        /// A short name that was not used before.
        public var newID: @Sendable () -> String
        /// The version of the group `policy` that the server takes evictions in.
        public var evictionVersion: @Sendable () async throws(APIError) -> String

        public init(
            api: any ClusterAPI, prober: any ServiceProbing, memory: (any ReplicaMemory)? = nil,
            incidents: IncidentLog = IncidentLog(), ledger: HealingLedger = HealingLedger(),
            leases: LeaseKeeper? = nil, observers: [any IncidentObserving] = [], log: Logger,
            now: @escaping @Sendable () -> Date,
            newID: @escaping @Sendable () -> String,
            evictionVersion: @escaping @Sendable () async throws(APIError) -> String = { "v1" }
        ) {
            self.api = api
            self.prober = prober
            self.memory = memory
            self.incidents = incidents
            self.ledger = ledger
            self.leases = leases
            self.observers = observers
            self.log = log
            self.now = now
            self.newID = newID
            self.evictionVersion = evictionVersion
        }
    }

    private struct Key: Hashable {
        var namespace: String
        var service: String
    }

    private struct State {
        var incidents: [Key: Incident] = [:]
        var claims: [WorkloadReference: ObjectIdentifier] = [:]
        var holders: [ObjectIdentifier: Incident] = [:]
    }

    /// Incidents at one time; a cluster in which more fails at once needs a person and not more writes.
    static let maximumIncidents = 64

    public let surroundings: Surroundings
    private let currentPolicy: Mutex<HealingPolicy>
    let customWorker: String?
    let logs: HealingLogs
    let isHealingEnabled: @Sendable () -> Bool
    let modes: NamespaceModes
    /// The memory that containers took at the looks of this desk.
    let usage = UsageLog()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - customWorker: a program that heals instead of Cortex; nil for Cortex itself.
    ///   - logDirectory: where each attempt leaves its log file.
    ///   - isHealingEnabled: when false, what a watch sees is diagnosed and not repaired.
    ///   - retention: how long these files stay there.
    public init(
        _ surroundings: Surroundings, policy: HealingPolicy, customWorker: String? = nil, logDirectory: String,
        isHealingEnabled: @escaping @Sendable () -> Bool = { true },
        retention: HealingLogRetention = HealingLogRetention()
    ) {
        self.surroundings = surroundings
        currentPolicy = Mutex(policy)
        self.customWorker = customWorker
        logs = HealingLogs(directory: logDirectory, retention: retention, now: surroundings.now)
        self.isHealingEnabled = isHealingEnabled
        modes = NamespaceModes(api: surroundings.api)
    }

    /// What counts for a healing that begins now; one under way goes on with what counted when it began.
    public var policy: HealingPolicy { currentPolicy.withLock { $0 } }

    /// Takes another policy for the healings that begin from now on.
    public func use(_ policy: HealingPolicy) { currentPolicy.withLock { $0 = policy } }

    public func heal(_ outage: Outage) -> AsyncStream<HealingEvent> {
        begin(outage, nil)?.events ?? Self.refused(outage)
    }

    /// Opens an incident for what a watch saw, or joins the one that is open at its service.
    /// - Returns: how it ended; nil where too many are open.
    public func open(_ outage: Outage, _ sighting: SymptomMachine.Sighting) async -> IncidentRecord? {
        guard let (incident, _) = begin(outage, sighting) else { return nil }
        await incident.ended()
        return surroundings.incidents[incident.id]
    }

    /// Returns once the incident that has this workload is over, with its record; nil when none has it.
    public func endOfIncident(at workload: WorkloadReference) async -> IncidentRecord? {
        let holder = state.withLock { state in state.claims[workload].flatMap { state.holders[$0] } }
        guard let holder else { return nil }
        await holder.ended()
        return surroundings.incidents[holder.id]
    }

    /// The incident at the service, and its events from the beginning; nil where too many are open.
    private func begin(
        _ outage: Outage, _ sighting: SymptomMachine.Sighting?
    ) -> (incident: Incident, events: AsyncStream<HealingEvent>)? {
        let key = Key(namespace: outage.namespace, service: outage.service)
        let fresh = Incident(id: surroundings.newID())
        let log = surroundings.log.with("request", outage.request ?? "none")
        let open = state.withLock { state -> (Incident, AsyncStream<HealingEvent>)? in
            if let known = state.incidents[key], let joined = known.join() {
                log.with("incident", known.id).info("\(outage.service) is being healed already; the request joins")
                return (known, joined)
            }
            guard state.incidents.count < Self.maximumIncidents, let stream = fresh.join() else { return nil }
            state.incidents[key] = fresh
            return (fresh, stream)
        }
        guard let open else { return nil }
        if open.0 === fresh { Task { await self.work(outage, fresh, key, sighting) } }
        return open
    }

    private static func refused(_ outage: Outage) -> AsyncStream<HealingEvent> {
        AsyncStream { continuation in
            continuation.yield(
                .failed(
                    service: outage.service, message: "\(maximumIncidents) services are being healed already",
                    recommendation: "So many failures at once have one cause: look at the nodes, the network and DNS."))
            continuation.finish()
        }
    }

    /// Removes old log files of healings, now and then, until its task is cancelled.
    public func tidyLogs(every interval: Duration) async {
        repeat { await logs.tidy() } while (try? await Task.sleep(for: interval)) != nil  // throws when it is cancelled
    }

    private func work(
        _ outage: Outage, _ incident: Incident, _ key: Key, _ sighting: SymptomMachine.Sighting?
    ) async {
        let began = surroundings.now()
        for observer in surroundings.observers {
            observer.incidentBegan(service: outage.service, namespace: outage.namespace)
        }
        await surroundings.incidents.open(
            IncidentRecord(
                id: incident.id, trigger: sighting == nil ? .request : .watch, namespace: outage.namespace,
                service: outage.service, workload: sighting?.workload.reference,
                symptom: sighting?.symptoms.first?.kind.rawValue, issue: outage.answer.message,
                visible: sighting?.since ?? began, detected: began))
        incident.publish(.started(service: outage.service, issue: outage.answer.message))
        let trigger: HealingTrigger = sighting == nil ? .request : .watch
        let outcome = await attempt(
            outage, for: incident, trigger: trigger,
            isReported: sighting == nil || sighting?.symptoms.first?.kind == .silent,
            mode: sighting?.workload.mode
        ) { message in
            incident.publish(.progress(service: outage.service, message: message))
        }
        await close(incident.id, outcome)
        let summary = IncidentSummary(
            service: outage.service, namespace: outage.namespace, cause: outcome.cause?.rawValue ?? "unknown",
            action: outcome.action.rawValue, outcome: outcome.kind.summary,
            duration: .seconds(surroundings.now().timeIntervalSince(began)))
        for observer in surroundings.observers { observer.incidentEnded(summary) }
        state.withLock { state in
            state.incidents[key] = nil
            state.claims = state.claims.filter { $0.value != ObjectIdentifier(incident) }
            state.holders[ObjectIdentifier(incident)] = nil
        }
        // Last: whoever was told the end and fails again opens a new incident.
        incident.publish(
            outcome.isSuccess
                ? .completed(service: outage.service, message: outcome.message)
                : .failed(
                    service: outage.service,
                    message: Self.sentences(outcome.diagnosis, outcome.message),
                    recommendation: outcome.recommendation ?? ""))
    }

    /// What is wrong, then what was done: two sentences, though the first may come without its end.
    private static func sentences(_ diagnosis: String, _ message: String) -> String {
        if diagnosis.isEmpty || diagnosis == message { return message }
        return diagnosis + (diagnosis.last.map(".!?".contains) == true ? " " : ". ") + message
    }

    /// Takes a workload for an incident; returns the incident that has it already.
    func claim(_ workload: WorkloadReference, for incident: Incident) -> Incident? {
        state.withLock { state in
            if let holder = state.claims[workload], holder != ObjectIdentifier(incident) {
                return state.holders[holder]
            }
            state.claims[workload] = ObjectIdentifier(incident)
            state.holders[ObjectIdentifier(incident)] = incident
            return nil
        }
    }
}

extension HealingOutcome.Kind {
    var summary: IncidentSummary.Outcome {
        switch self {
        case .healed: .healed
        case .recovered: .recovered
        case .escalated: .escalated
        case .failed: .failed
        }
    }
}
