import FoundationEssentials
import Kubernetes

extension RevisionHistory {
    /// What speaks for or against a revision of a Deployment: ready pods, who went back to which, warnings about its
    /// pods, and since when the Deployment has been available or not.
    struct Evidence {
        let deployment: Deployment
        let current: ReplicaSet?
        let snapshot: Snapshot

        /// The change of availability may be seen this much before or after what brought it.
        private static let slack: Double = 1
        /// Pods that `Recreate` removes may take so long to end before their successors are made.
        private static let changeover: Double = 120
        /// So soon after its successor came, the loss of the last available pod is the successor's doing.
        private static let handover: Double = 300

        func revision(_ set: ReplicaSet) -> Revision? {
            guard let template = set.spec.template else { return nil }
            return Revision(
                number: set.revision ?? 0, name: set.name, object: set.reference,
                templateHash: set.metadata.labels?["pod-template-hash"], template: template,
                createdAt: set.metadata.creationTimestamp, replicas: set.spec.replicas ?? 0, health: health(set))
        }

        private func health(_ set: ReplicaSet) -> Revision.Health {
            let ready = set.status?.readyReplicas ?? 0
            if ready > 0 { return .ready(ready) }
            if wasRolledBackFrom(set) { return .failed("it was rolled back from") }
            if let why = lostAvailability(set) { return .failed(why) }
            if wasAvailableAtChange(set) { return .served }
            if let why = warning(set) { return .failed(why) }
            let hasServed = set.metadata.labels?["pod-template-hash"].map(snapshot.served.contains) ?? false
            return hasServed || !Self.earlierNumbers(set).isEmpty || ranWell(set) ? .served : .believed
        }

        private func ranWell(_ set: ReplicaSet) -> Bool {
            guard let template = set.spec.template else { return false }
            return RevisionHistory.ranWell(
                template, from: set.metadata.creationTimestamp, until: successor(of: set)?.metadata.creationTimestamp,
                in: snapshot
            ) { $0.hasPrefix(set.name + "-") }
        }

        /// Why pods of the revision did not start, from what the events still say.
        private func warning(_ set: ReplicaSet) -> String? {
            let reasons: Set = [
                "BackOff", "Failed", "FailedCreate", "InspectFailed", "ErrImageNeverPull", "FailedScheduling",
            ]
            let own = snapshot.events.filter { event in
                event.involvedObject.name == set.name
                    || event.involvedObject.kind == "Pod" && event.involvedObject.name.hasPrefix(set.name + "-")
            }
            guard let bad = own.last(where: { $0.type == "Warning" && reasons.contains($0.reason ?? "") }),
                let reason = bad.reason
            else { return nil }
            if reason == "FailedScheduling", own.contains(where: { $0.reason == "Scheduled" }) { return nil }
            return "\(reason): \(Redaction.line(bad.message ?? "", limit: 120))"
        }

        /// The current ReplicaSet had an earlier number than this one: somebody went back to it. A revision that was
        /// itself gone back to once is one that somebody trusts.
        private func wasRolledBackFrom(_ set: ReplicaSet) -> Bool {
            guard set.name != current?.name, let number = set.revision, number < current?.revision ?? 0,
                Self.earlierNumbers(set).isEmpty
            else { return false }
            return current.map { Self.earlierNumbers($0).contains { $0 < number } } ?? false
        }

        /// `deployment.kubernetes.io/revision-history`: the numbers a ReplicaSet had before it was gone back to.
        private static func earlierNumbers(_ set: ReplicaSet) -> [Int] {
            (set.metadata.annotations?["deployment.kubernetes.io/revision-history"] ?? "")
                .split(separator: ",").compactMap { Int($0) }
        }

        /// The Deployment was available until the next revision came, or shortly after that: an early hiccup in its
        /// events does not condemn the one that was in use then.
        private func wasAvailableAtChange(_ set: ReplicaSet) -> Bool {
            guard set.name != current?.name, let available, let since = available.lastTransitionTime,
                let next = successor(of: set)?.metadata.creationTimestamp, let born = set.metadata.creationTimestamp
            else { return false }
            // Available now, and since before that one came: its own pods or older ones served; of one only, its own.
            if available.isTrue { return older.count == 1 && since < next }
            return since > born && since >= next.addingTimeInterval(-slack)
                && since <= next.addingTimeInterval(Self.handover)
        }

        /// The Deployment has been unavailable since a time at which this revision was the newest, or since before it
        /// came: it did not bring it back.
        private func lostAvailability(_ set: ReplicaSet) -> String? {
            guard set.name != current?.name, let available, available.status == "False",
                let since = available.lastTransitionTime, let born = set.metadata.creationTimestamp
            else { return nil }
            if born >= since.addingTimeInterval(-Self.slack) { return "the Deployment was never available with it" }
            guard let next = successor(of: set)?.metadata.creationTimestamp, since < next.addingTimeInterval(-slack)
            else { return nil }
            return "the Deployment became unavailable with it, before the next one came"
        }

        /// `Recreate` removes the old pods before it makes the new ReplicaSet: unavailable then is no reproach.
        private var slack: Double { deployment.spec.strategy?.type == "Recreate" ? Self.changeover : Self.slack }

        private var available: Condition? { deployment.status?.conditions?.first { $0.type == "Available" } }

        private var own: [ReplicaSet] {
            snapshot.replicaSets.filter { Resolution.isOwned($0.metadata, by: deployment.reference) }
        }

        private var older: [ReplicaSet] { own.filter { ($0.revision ?? 0) < (current?.revision ?? 0) } }

        /// The one that took its place.
        private func successor(of set: ReplicaSet) -> ReplicaSet? {
            own.filter { ($0.revision ?? 0) > (set.revision ?? 0) }
                .min { ($0.revision ?? 0) < ($1.revision ?? 0) }
        }
    }
}
