public import FoundationEssentials
import Healing
import Kubernetes
import Synchronization

/// Every incident, those under way and those of the past, newest first when asked; kept across restarts.
public final class IncidentLog: Sendable {
    /// What is kept; the oldest that are over go first.
    public struct Limits: Hashable, Sendable {
        /// Default 1000.
        public var incidents = 1000
        /// Default 30 days.
        public var age = Duration.seconds(30 * 24 * 3600)

        public init() {}
    }

    private let limits: Limits
    private let store: (any IncidentStore)?
    private let records = Mutex<[String: IncidentRecord]>([:])
    private let observers: [any IncidentObserving]

    public init(
        store: (any IncidentStore)? = nil, observers: [any IncidentObserving] = [], limits: Limits = Limits()
    ) {
        self.store = store
        self.observers = observers
        self.limits = limits
    }

    /// Those of one state or namespace, or all; the newest first.
    public func all(state: IncidentRecord.State? = nil, namespace: String? = nil) -> [IncidentRecord] {
        records.withLock { Array($0.values) }
            .filter { (state == nil || $0.state == state) && (namespace == nil || $0.namespace == namespace) }
            .sorted { ($0.times.detected, $0.id) > ($1.times.detected, $1.id) }
    }

    public subscript(id: String) -> IncidentRecord? { records.withLock { $0[id] } }

    /// Reads what an earlier run left. An incident that was under way then ended with it: what it changed the intents
    /// tell, and what is still wrong becomes a new one.
    /// - Parameter intents: those without an end, by the look at what became of them.
    public func load(_ intents: [HealingIntent], now: Date) async {
        guard let store else { return }
        for var record in await store.incidents() {
            if !record.state.isOver {
                let own = intents.filter { $0.incident == record.id }
                record.close(afterRestart: own, now: now)
                await store.save(record)
            }
            let kept = record
            records.withLock { $0[kept.id] = kept }
        }
        await prune(now)
    }

    func open(_ record: IncidentRecord) async {
        records.withLock { $0[record.id] = record }
        tell(record, record.steps.first)
        await store?.save(record)
    }

    /// Changes a record; `step` is added to it and told.
    func update(
        _ id: String, step: IncidentRecord.Step? = nil, _ change: (inout IncidentRecord) -> Void = { _ in }
    ) {
        let changed = records.withLock { records -> IncidentRecord? in
            guard var record = records[id] else { return nil }
            change(&record)
            if let step { record.add(step) }
            records[id] = record
            return record
        }
        if let changed { tell(changed, step) }
    }

    /// On the disk when it returns.
    func save(_ id: String) async {
        guard let record = self[id] else { return }
        await store?.save(record)
        if let closed = record.times.closed { await prune(closed) }
    }

    /// What a person was told of is over.
    func clear(
        _ id: String, now: Date, because reason: String = "What was wrong is over; Cortex did not change it"
    ) async {
        guard let record = self[id], record.times.cleared == nil else { return }
        update(
            id,
            step: .init(at: now, kind: .cleared, message: reason)
        ) { record in
            record.times.cleared = now
            guard record.state == .waiting else { return }
            record.state = .recovered
            record.times.closed = now
        }
        await save(id)
    }

    /// The incident of this service that a person was told of and that is not over yet.
    func unresolved(namespace: String, service: String, cause: String?) -> IncidentRecord? {
        all(namespace: namespace).first { record in
            record.service == service && record.times.cleared == nil && (cause == nil || record.cause == cause)
                && [.escalated, .failed, .waiting].contains(record.state)
        }
    }

    /// The newest incident of this cause at this object, wherever it was seen, that a person was told of and that is
    /// not over yet.
    func unresolved(cause: String, at object: String?) -> IncidentRecord? {
        all().first {
            $0.cause == cause && $0.causeObject == object && $0.times.cleared == nil
                && [.escalated, .failed].contains($0.state)
        }
    }

    /// Notes that this workload suffers from the same, once.
    func add(_ victim: WorkloadReference, to id: String, now: Date, because message: String) async {
        guard let record = self[id], record.victims?.contains(victim) != true else { return }
        guard (record.victims ?? []).count < IncidentRecord.maximumSteps else {
            return update(id) { $0.droppedSteps += 1 }
        }
        update(id, step: .init(at: now, kind: .progress, message: message)) { record in
            record.victims = (record.victims ?? []) + [victim]
        }
        await save(id)
    }

    private func tell(_ record: IncidentRecord, _ step: IncidentRecord.Step?) {
        for observer in observers { observer.incidentChanged(record, step: step) }
    }

    private func prune(_ now: Date) async {
        let oldest = now.addingTimeInterval(-Double(limits.age.components.seconds))
        let gone = records.withLock { records -> [String] in
            let over = records.values.filter(\.state.isOver).sorted { $0.times.detected < $1.times.detected }
            let tooMany = max(0, records.count - limits.incidents)
            let gone = Set(over.prefix(tooMany).map(\.id))
                .union(over.filter { $0.times.detected < oldest }.map(\.id))
            for id in gone { records[id] = nil }
            return Array(gone)
        }
        for id in gone { await store?.forget(incident: id) }
    }
}

extension IncidentRecord {
    /// Ends what a Cortex that is gone had begun.
    fileprivate mutating func close(afterRestart intents: [HealingIntent], now: Date) {
        let words = intents.map { intent in
            let what = "\(intent.write.action.rawValue) of \(intent.write.object)"
            return switch intent.end {
            case .done, .foundDone: "the \(what) was carried out"
            case .foundUndone, .refused: "the \(what) was not carried out"
            case .unknown, nil: "whether the \(what) was carried out is not known"
            }
        }
        state = .unknown
        message =
            "Cortex ended before this incident did"
            + (words.isEmpty ? "; nothing was under way" : ": " + words.joined(separator: ", "))
        recommendation =
            "Nothing to do: Cortex looks at the service as it is now, and opens a new incident if it fails."
        times.closed = now
        add(Step(at: now, kind: .closed, message: message ?? ""))
    }
}
