import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes

/// What one healing leaves on record: its diagnosis, its intents, its steps.
struct HealingBooks: Sendable {
    let desk: IncidentDesk
    /// Empty for an attempt outside any incident, which leaves its intents only.
    let incident: String
    let trigger: HealingTrigger
    let policy: HealingPolicy

    /// Takes a write into the books, on disk, if the budgets allow it.
    func begin(_ write: ClusterWrite, of workload: WorkloadReference?, isUndo: Bool) async -> HealingLedger.Permit {
        let kind = WorkloadReference.Kind(rawValue: write.object.kind) ?? .service
        let own = WorkloadReference(kind: kind, namespace: write.object.namespace ?? "", name: write.object.name)
        let intent = HealingIntent(
            id: desk.surroundings.newID(), incident: incident, workload: workload ?? own, write: write,
            trigger: trigger, isUndo: isUndo, at: desk.surroundings.now())
        let permit = await desk.surroundings.ledger.begin(intent)
        if case .granted = permit {
            desk.note(.acting, write.intention, in: incident) { record, now in
                record.times.acted = record.times.acted ?? now
            }
            await desk.surroundings.incidents.save(incident)
        }
        return permit
    }

    func end(_ intent: HealingIntent, _ end: HealingIntent.End) async {
        await desk.surroundings.ledger.end(intent.id, end)
        let words =
            switch end {
            case .done, .foundDone: "done"
            case .refused, .foundUndone: "the API server did not take it"
            case .unknown: "no answer"
            }
        desk.note(.acted, "\(intent.write.intention): \(words)", in: incident)
    }

    /// What a look led to; only what is new is kept.
    func note(_ verdict: Verdict, _ snapshot: Snapshot, _ outage: Outage) {
        guard let record = desk.surroundings.incidents[incident] else { return }
        let after = WorkloadState(of: verdict.target, service: outage.service, in: snapshot)
        guard let cause = verdict.cause, record.cause != cause.id.rawValue, record.times.acted == nil else {
            if record.after != after { desk.surroundings.incidents.update(incident) { $0.after = after } }
            return
        }
        var free = policy
        free.forcedMode = .auto
        let plan = Planner.plan(for: verdict, snapshot: snapshot, policy: free)
        let owner = Subject(snapshot).workload?.metadata
        let isHealed = policy.namespaces.contains(outage.namespace)
        let mode = HealMode.effective(
            workload: HealMode(annotations: owner?.annotations),
            namespace: policy.namespaceModes[outage.namespace], isHealed: isHealed)
        let summary = Redaction.secrets(in: cause.summary)
        desk.note(.diagnosed, "\(cause.id.rawValue): \(summary)", in: incident) { record, now in
            record.workload = verdict.target
            record.cause = cause.id.rawValue
            record.causeObject = cause.place
            record.diagnosis = summary
            record.findings = verdict.findings
            record.plan = IncidentRecord.Plan(
                action: plan.action, object: "\(plan.object)", detail: Redaction.secrets(in: plan.detail),
                advice: plan.advice.map { Redaction.secrets(in: $0) })
            record.policy = policy.forcedMode ?? mode
            record.times.diagnosed = record.times.diagnosed ?? now
            if record.before == nil { record.before = after }
            record.after = after
        }
    }
}

extension Cause {
    /// `Kind/name`, for an incident's record; what is shared by several namespaces says which it is in.
    var place: String {
        guard id.isOfCluster, let namespace = object.namespace else { return "\(object)" }
        return "\(object) in \(namespace)"
    }
}

extension APIError {
    /// Whether a write that failed so may have been carried out all the same.
    var mayHaveBeenDone: Bool {
        switch self {
        case .unknown, .invalidResponse, .cancelled: true
        case .status(let status): status.code >= 500
        case .unreachable: false
        }
    }
}
