import Kubernetes

/// Claims that no volume answers, for pods that wait for them.
struct ClaimRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard subject.snapshot.further.contains(.claims) else { return }
        let waiting = subject.currentPods.filter { $0.status?.phase == "Pending" }
        let names = Set(
            waiting.flatMap { $0.spec.volumes ?? [] }.compactMap { $0.persistentVolumeClaim?.claimName })
        for name in names.sorted() {
            guard let claim = subject.snapshot.claims.first(where: { $0.name == name }) else {
                if subject.unread(.claims).isEmpty { suspectMissing(name, waiting, subject, into: &report) }
                continue
            }
            guard claim.status?.phase != "Bound" else { continue }
            let event = subject.events(of: claim.reference).last { $0.reason != "WaitForFirstConsumer" }
            let why = event.map { Redaction.line($0.message ?? "") } ?? "nothing says why"
            report.find(
                "claim-not-bound", claim.reference, "\(claim.reference) is \(claim.status?.phase ?? "new"): \(why)",
                [
                    Evidence(
                        object: claim.reference, field: "status.phase",
                        value: "\(claim.status?.phase ?? "absent"), storage class "
                            + (claim.spec.storageClassName ?? "none"),
                        time: event?.lastSeen)
                ])
            // One that waits for its first consumer waits for the scheduler, which says itself what is in its way.
            guard event != nil || report.suspects(.placement) else { continue }
            report.suspect(
                .volume,
                Cause(
                    id: .claimPending,
                    summary: "Pods of \(subject.owner) wait for \(claim.reference), which is not bound: \(why)",
                    object: claim.reference, pods: waiting.map(\.reference)))
            return
        }
    }

    private func suspectMissing(_ name: String, _ pods: [Pod], _ subject: Subject, into report: inout Report) {
        let object = ObjectReference(
            kind: "PersistentVolumeClaim", namespace: subject.snapshot.target.namespace, name: name)
        report.find(
            "claim-missing", object, "\(object) does not exist.",
            [Evidence(object: object, field: "metadata.name", value: "absent", time: subject.now)])
        report.suspect(
            .volume,
            Cause(
                id: .claimPending, summary: "Pods of \(subject.owner) wait for \(object), which does not exist.",
                object: object, pods: pods.map(\.reference)))
    }
}
