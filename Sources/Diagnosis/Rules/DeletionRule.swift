import Kubernetes

/// A workload that somebody deletes: what it lacks is not to be brought back.
struct DeletionRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, let since = workload.metadata.deletionTimestamp else { return }
        let holders = (workload.metadata.finalizers ?? []).map { Redaction.line($0, limit: 80) }
        let held = holders.isEmpty ? "" : "; it waits for \(holders.joined(separator: ", "))"
        report.find(
            "being-deleted", workload.object, "\(workload.reference) is being deleted\(held).",
            [
                Evidence(
                    object: workload.object, field: "metadata.deletionTimestamp",
                    value: holders.isEmpty ? "set" : "set, finalizers \(holders.joined(separator: ", "))", time: since)
            ])
        report.suspect(
            .intention,
            Cause(
                id: .beingDeleted, summary: "Somebody deletes \(workload.reference)\(held).", object: workload.object))
    }
}
