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

    /// The best revision to go back to: one that has Ready pods now, else the latest older one that is known to have
    /// served, else the only older one that nothing speaks against. Of several that nobody can vouch for none is
    /// guessed. One whose template shares the fault, or that only restarts the same pods, is no way back.
    public func rollbackTarget(sharesFault: (PodTemplate) -> Bool) -> Revision? {
        guard let current else { return nil }
        let believable = older.filter { revision in
            revision.isBelievedHealthy && !sharesFault(revision.template)
                && current.changes(from: revision).contains { $0.isMeaningful }
        }
        if let ready = believable.first(where: \.isReadyNow) { return ready }
        if let served = believable.first(where: { hasServed($0) }) { return served }
        return older.filter(\.isBelievedHealthy).count == 1 ? believable.first : nil
    }

    /// Seconds in use after which a revision that nothing speaks against is known to have served.
    private static let proven: Double = 600

    /// Somebody went back to it, it was available or its pods ran until the next one came, or it was in use for long.
    private func hasServed(_ revision: Revision) -> Bool {
        revision.health == .served || tenure(of: revision).map { $0 >= Self.proven } ?? false
    }

    /// How long it was the newest, in seconds; nil where that is not known.
    private func tenure(of revision: Revision) -> Double? {
        guard let index = revisions.firstIndex(where: { $0.number == revision.number }),
            revisions.indices.contains(index + 1), let made = revision.createdAt,
            let next = revisions[index + 1].createdAt
        else { return nil }
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
}
