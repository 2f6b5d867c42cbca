public import FoundationEssentials
import Kubernetes

/// A replica count above zero that Cortex saw, maybe in an earlier life.
public struct RememberedCount: Codable, Hashable, Sendable {
    public var count: Int
    /// When it was last seen, where that is known.
    public var seenAt: Date?

    public init(_ count: Int, seenAt: Date? = nil) {
        self.count = count
        self.seenAt = seenAt
    }
}

/// How many replicas a workload had before it was scaled to zero, and how that is known.
public struct PreviousReplicas: Hashable, Sendable {
    public enum Source: String, Hashable, Sendable {
        /// Cortex saw it itself.
        case memory
        /// `deployment.kubernetes.io/desired-replicas` on the current ReplicaSet, or an annotation on the workload.
        case annotation
        case events
        /// The pods that were deleted when it was scaled down.
        case deletedPods = "deleted pods"
        /// The manifest last applied.
        case manifest = "declared manifest"
        /// An older ReplicaSet's annotation: the count when that revision was last in use.
        case olderRevision = "older revision"
        /// The least that the autoscaler allows.
        case autoscaler
        /// Nothing says; one is the least that can serve.
        case unknown
    }
    public var count: Int
    public var source: Source

    public init(count: Int, source: Source) {
        self.count = count
        self.source = source
    }

    /// `2 replicas (events)`.
    public var words: String {
        source == .unknown
            ? "an unknown number of replicas, so 1 is assumed"
            : "\(count) replica\(count == 1 ? "" : "s") (known from \(source.rawValue))"
    }

    public static func find(for workload: Workload, in snapshot: Snapshot) -> PreviousReplicas {
        let remembered = snapshot.rememberedCounts[workload.reference]
        let sets = snapshot.replicaSets.filter { Resolution.isOwned($0.metadata, by: workload.object) }
        let current = sets.max { ($0.revision ?? 0) < ($1.revision ?? 0) }
        let scalings = scalings(of: workload, in: snapshot)
        let told = telling(scalings.filter { current == nil || $0.replicaSet == current?.name })
        // Events tell of this very scale to zero, unless the control plane dropped the last ones, as it does where it
        // writes many about one object: what Cortex saw later than they speak of is believed before them.
        let isLater = remembered?.seenAt.flatMap { seen in told?.time.map { $0 <= seen } } ?? false
        let sources: [(Source, Int?)] = [
            (.memory, isLater ? remembered?.count : nil),
            (.events, told?.count),
            (.memory, remembered?.count),
            (.annotation, current?.desiredReplicas),
            (.annotation, workload.metadata.annotations?["downscaler/original-replicas"].flatMap { Int($0) }),
            (.deletedPods, fromDeletedPods(workload, current: current, in: snapshot)),
            (.events, fromOlderSet(scalings, sets, current: current)),
            (.manifest, ScaleRule.declaredReplicas(workload.metadata)),
            (.autoscaler, fromAutoscaler(workload, in: snapshot)),
            (
                .olderRevision,
                sets.filter { $0.name != current?.name && $0.desiredReplicas ?? 0 > 0 }
                    .max { ($0.revision ?? 0) < ($1.revision ?? 0) }?.desiredReplicas
            ),
        ]
        // After a scale to zero the annotation of the current ReplicaSet says 0 as well: a zero tells nothing.
        for (source, count) in sources {
            if let count, count > 0 { return PreviousReplicas(count: count, source: source) }
        }
        return PreviousReplicas(count: 1, source: .unknown)
    }

    /// The Deployment controller's own account, the oldest first.
    private static func scalings(of workload: Workload, in snapshot: Snapshot) -> [Scaling] {
        snapshot.events.filter {
            $0.reason == "ScalingReplicaSet" && $0.involvedObject.name == workload.reference.name
        }
        // Several in one second are told apart by their names, which end in the nanoseconds of their making.
        .sorted { ($0.lastSeen ?? .distantPast, $0.name) < ($1.lastSeen ?? .distantPast, $1.name) }
        .compactMap { Scaling($0) }
    }

    /// The count that one ReplicaSet had before its scale to zero, and from when the event is that tells it. From 1.25
    /// on that event says `to 0 from 2`; before, the last count it was scaled to is in the event before.
    private static func telling(_ scalings: [Scaling]) -> (count: Int, time: Date?)? {
        // A last event that is not yet the scale to zero tells what it was before.
        guard let last = scalings.last else { return nil }
        if last.to == 0, let from = last.from { return (from, last.time) }
        return scalings.last { $0.to > 0 }.map { ($0.to, $0.time) }
    }

    /// A template that was touched at zero has a ReplicaSet that never had pods: the one before it tells.
    private static func fromOlderSet(_ scalings: [Scaling], _ sets: [ReplicaSet], current: ReplicaSet?) -> Int? {
        guard let current, !scalings.contains(where: { $0.replicaSet == current.name }) else { return nil }
        return sets.filter { $0.name != current.name }
            .sorted { ($0.revision ?? 0) > ($1.revision ?? 0) }
            .lazy.map { set in scalings.filter { $0.replicaSet == set.name } }
            .first { !$0.isEmpty }.flatMap { telling($0)?.count }
    }

    /// Counts the pods whose deletion followed the scale to zero, and those still on their way out.
    private static func fromDeletedPods(_ workload: Workload, current: ReplicaSet?, in snapshot: Snapshot) -> Int? {
        let owner = current?.name ?? workload.reference.name
        let deletions = snapshot.events.filter {
            $0.reason == "SuccessfulDelete" && $0.involvedObject.name == owner
        }
        let last = deletions.compactMap(\.lastSeen).max()
        let deleted = deletions.filter { event in
            guard let seen = event.lastSeen, let last else { return false }
            // A ReplicaSet deletes all its pods at once, a StatefulSet one after the other.
            return last.timeIntervalSince(seen) < (workload.reference.kind == .statefulSet ? 120 : 5)
        }
        let leaving = snapshot.pods.filter {
            $0.metadata.deletionTimestamp != nil && $0.metadata.controller?.name == owner
        }
        // A StatefulSet takes its pods from the highest ordinal down: the first that went tells of all below it.
        if workload.reference.kind == .statefulSet {
            let names = deleted.compactMap { podName(in: $0.message ?? "") } + leaving.map(\.name)
            return names.compactMap { $0.split(separator: "-").last.flatMap { Int($0) } }.max().map { $0 + 1 }
        }
        let count = deleted.reduce(0) { $0 + max(1, $1.message?.hasPrefix("(combined") == true ? $1.count ?? 1 : 1) }
        return max(count, leftLast(leaving))
    }

    /// Of the pods that are on their way out, those of the last scale to zero: a kubelet may keep those of the ones
    /// before for a minute after their containers have ended. One ReplicaSet's pods have one grace, so their times tell
    /// them apart.
    private static func leftLast(_ leaving: [Pod]) -> Int {
        let times = leaving.compactMap(\.metadata.deletionTimestamp).sorted(by: >)
        let ends = zip(times, times.dropFirst()).prefix { $0.timeIntervalSince($1) <= 2 }.count
        return times.isEmpty ? 0 : ends + 1
    }

    /// `delete Pod web-1 in StatefulSet web successful`.
    private static func podName(in message: String) -> String? {
        let words = message.split(separator: " ")
        return words.firstIndex(of: "Pod").flatMap { words.indices.contains($0 + 1) ? String(words[$0 + 1]) : nil }
    }

    private static func fromAutoscaler(_ workload: Workload, in snapshot: Snapshot) -> Int? {
        snapshot.autoscalers.first { scaler in
            scaler.spec.scaleTargetRef.kind == workload.reference.kind.rawValue
                && scaler.spec.scaleTargetRef.name == workload.reference.name
        }.map { max(1, $0.spec.minReplicas ?? 1) }
    }

    /// `Scaled down replica set web-5f496dd769 to 0 from 2`; since 1.28 also `… from 2 to 0`.
    private struct Scaling {
        var replicaSet: String
        var to: Int
        var from: Int?
        var time: Date?

        init?(_ event: Event) {
            let words = (event.message ?? "").split(separator: " ")
            func number(after word: Substring) -> Int? {
                words.firstIndex(of: word).flatMap { words.indices.contains($0 + 1) ? Int(words[$0 + 1]) : nil }
            }
            guard let set = words.firstIndex(of: "set"), words.indices.contains(set + 1), let to = number(after: "to")
            else { return nil }
            replicaSet = String(words[set + 1])
            self.to = to
            from = number(after: "from")
            time = event.lastSeen
        }
    }
}
