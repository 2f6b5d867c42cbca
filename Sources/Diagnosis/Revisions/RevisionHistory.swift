import FoundationEssentials
import JSON
public import Kubernetes

/// The revisions of a workload, and which of them one may believe in.
public struct RevisionHistory: Hashable, Sendable {
    /// Oldest first, by revision number.
    public let revisions: [Revision]
    /// The revision the pods run now or are about to; nil when its ReplicaSet cannot be seen.
    public let current: Revision?
    /// The template was changed and no ReplicaSet has it yet: the rollout is paused or has not begun.
    public let hasPendingTemplate: Bool

    public init(of deployment: Deployment, in snapshot: Snapshot) {
        let sets = snapshot.replicaSets.filter { Resolution.isOwned($0.metadata, by: deployment.reference) }
        let newest = sets.max { ($0.revision ?? 0) < ($1.revision ?? 0) }
        let matching = sets.filter { Self.isSame($0.spec.template, deployment.spec.template) }
        // Equal templates in two ReplicaSets happen after a hash collision; the oldest is the controller's choice.
        let chosen =
            matching.min {
                ($0.metadata.creationTimestamp ?? .distantPast) < ($1.metadata.creationTimestamp ?? .distantPast)
            }
            ?? newest
        hasPendingTemplate = matching.isEmpty && !sets.isEmpty
        let evidence = Evidence(deployment: deployment, current: chosen, snapshot: snapshot)
        revisions = sets.compactMap { evidence.revision($0) }.sorted { $0.number < $1.number }
        current = chosen.flatMap { set in
            evidence.revision(set)
        }
    }

    init(revisions: [Revision], current: Revision?) {
        self.revisions = revisions
        self.current = current
        hasPendingTemplate = false
    }

    /// The revisions before the current one, newest first.
    public var older: [Revision] {
        guard let current else { return [] }
        return revisions.filter { $0.name != current.name && $0.number < current.number }.reversed()
    }

    /// The revision that ran before the current one.
    public var previous: Revision? { older.first }

    /// The best revision to go back to: one that has Ready pods now, else the latest older one that nothing speaks
    /// against, whose template does not share the fault. A template that only restarts the same pods is no way back.
    public func rollbackTarget(sharesFault: (PodTemplate) -> Bool) -> Revision? {
        guard let current else { return nil }
        let believable = older.filter { revision in
            revision.isBelievedHealthy && !sharesFault(revision.template)
                && current.changes(from: revision).contains { $0.isMeaningful }
        }
        // One that was soon given up for the next need not have worked, though no event says so any more.
        return believable.first(where: \.isReadyNow) ?? believable.first { tenure(of: $0) >= Self.proven }
            ?? believable.first
    }

    /// Seconds in use after which a revision is known to have served.
    private static let proven: Double = 600

    /// How long it was the newest, in seconds.
    private func tenure(of revision: Revision) -> Double {
        guard let index = revisions.firstIndex(where: { $0.number == revision.number }),
            revisions.indices.contains(index + 1), let made = revision.createdAt,
            let next = revisions[index + 1].createdAt
        else { return 0 }
        return next.timeIntervalSince(made)
    }

    /// Equal but for the `pod-template-hash` label that the controller adds.
    private static func isSame(_ set: PodTemplate?, _ deployment: PodTemplate) -> Bool {
        guard var raw = set?.raw else { return false }
        if var labels = raw["metadata"]?["labels"]?.objectValue, var metadata = raw["metadata"] {
            labels["pod-template-hash"] = nil
            metadata["labels"] = labels.isEmpty ? nil : .object(labels)
            raw["metadata"] = metadata
        }
        return raw == deployment.raw
    }

    /// What speaks for or against a revision: ready pods, warnings about its pods, and when the Deployment was
    /// last available.
    private struct Evidence {
        let deployment: Deployment
        let current: ReplicaSet?
        let snapshot: Snapshot

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
            if wasAvailableAtChange(set) { return .believed }
            if let why = warning(set) ?? neverAvailable(set) { return .failed(why) }
            return .believed
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

        /// It is the only one before the current revision, and the Deployment was available when that one came: an
        /// early hiccup in its events does not condemn it.
        private func wasAvailableAtChange(_ set: ReplicaSet) -> Bool {
            guard set.name != current?.name, isPrevious(set), older.count == 1, let available,
                let since = available.lastTransitionTime, let changed = current?.metadata.creationTimestamp
            else { return false }
            return available.isTrue ? since < changed : since >= changed.addingTimeInterval(-1)
        }

        /// The Deployment has been unavailable since before the current revision came, or since this one did.
        private func neverAvailable(_ set: ReplicaSet) -> String? {
            guard set.name != current?.name, let available, available.status == "False",
                let since = available.lastTransitionTime, let changed = current?.metadata.creationTimestamp
            else { return nil }
            if let born = set.metadata.creationTimestamp, born >= since.addingTimeInterval(-1) {
                return "the Deployment was never available with it"
            }
            // `Recreate` removes the old pods before it makes the new ReplicaSet: unavailable then is no reproach.
            guard deployment.spec.strategy?.type != "Recreate", isPrevious(set),
                since < changed.addingTimeInterval(-1)
            else { return nil }
            return "the Deployment was unavailable already when it was replaced"
        }

        private var available: Condition? { deployment.status?.conditions?.first { $0.type == "Available" } }

        private var older: [ReplicaSet] {
            snapshot.replicaSets.filter {
                Resolution.isOwned($0.metadata, by: deployment.reference)
                    && ($0.revision ?? 0) < (current?.revision ?? 0)
            }
        }

        private func isPrevious(_ set: ReplicaSet) -> Bool {
            older.max { ($0.revision ?? 0) < ($1.revision ?? 0) }?.name == set.name
        }
    }
}
