import FoundationEssentials
import JSON
import Kubernetes

extension RevisionHistory {
    /// The revisions of a StatefulSet or DaemonSet.
    /// - Parameter current: the name of the revision that its pods are to have; nil for the newest.
    /// - Returns: nil when no ControllerRevision of it was read.
    init?(of set: ObjectReference, current: String?, in snapshot: Snapshot) {
        let own = snapshot.controllerRevisions.filter { Resolution.isOwned($0.metadata, by: set) }
            .sorted { $0.revision < $1.revision }
        // A StatefulSet names the last revision that all of its pods were ready with, or the first it ever had.
        let complete = snapshot.statefulSets.first { $0.name == set.name && set.kind == "StatefulSet" }?
            .status?.currentRevision
        let completed = own.first { $0.name == complete }
        let pods = snapshot.pods.filter { Resolution.isOwned($0.metadata, by: set) }
        let known = own.enumerated().compactMap { index, revision -> Revision? in
            let next = own.indices.contains(index + 1) ? own[index + 1].metadata.creationTimestamp : nil
            var known = Self.revision(
                revision, of: set, pods.filter { Self.isOf(revision, $0) }, until: next, pods, snapshot)
            if let completed, known?.isReadyNow == false, revision.name != current {
                // What ran once on one of its pods did not come through to all of them.
                if revision.revision > completed.revision { known?.health = .failed("its update was never completed") }
                if revision.name == completed.name, index > 0, known?.isBelievedHealthy == true {
                    known?.health = .served
                }
            }
            return known
        }
        guard !known.isEmpty else { return nil }
        self.init(
            revisions: known, current: current.flatMap { name in known.first { $0.name == name } } ?? known.last)
    }

    /// A StatefulSet's pods carry the revision's name, a DaemonSet's its hash.
    static func isOf(_ revision: ControllerRevision, _ pod: Pod) -> Bool {
        pod.metadata.labels?["controller-revision-hash"].map { isHash($0, of: revision) } ?? false
    }

    private static func isHash(_ label: String, of revision: ControllerRevision) -> Bool {
        label == revision.name || revision.name.hasSuffix("-" + label)
    }

    private static func revision(
        _ object: ControllerRevision, of set: ObjectReference, _ own: [Pod], until next: Date?, _ pods: [Pod],
        _ snapshot: Snapshot
    ) -> Revision? {
        // A revision that is no template of pods is none to go back to.
        guard let raw = object.template, let data = try? JSONCoding.encode(raw),
            let template = try? JSONCoding.decode(PodTemplate.self, from: data)
        else { return nil }
        let ready = own.filter(\.isReady).count
        let health: Revision.Health =
            if ready > 0 {
                .ready(ready)
            } else if let why = failure(before: next, pods, snapshot) {
                .failed(why)
            } else if snapshot.served.contains(where: { isHash($0, of: object) }) {
                .served
            } else if ranWell(
                template, from: object.metadata.creationTimestamp, until: next, in: snapshot,
                isOwn: { $0.hasPrefix(set.name + "-") && !$0.dropFirst(set.name.count + 1).contains("-") })
            {
                .served
            } else {
                .believed
            }
        return Revision(
            number: Int(object.revision), name: object.name, object: object.reference, templateHash: object.name,
            template: template, createdAt: object.metadata.creationTimestamp, replicas: own.count, health: health)
    }

    /// The pods of a set keep their names, so only the time tells which revision a warning was about: one that still
    /// failed when the next one came did not work.
    private static func failure(before next: Date?, _ pods: [Pod], _ snapshot: Snapshot) -> String? {
        guard let next else { return nil }
        let names = Set(pods.map(\.name))
        let last = snapshot.events.last { event in
            guard let seen = event.lastSeen, names.contains(event.involvedObject.name) else { return false }
            return event.type == "Warning" && ["BackOff", "Failed"].contains(event.reason)
                && (0...120).contains(next.timeIntervalSince(seen))
        }
        return last.map { "\($0.reason ?? ""): \(Redaction.line($0.message ?? "", limit: 120))" }
    }
}
