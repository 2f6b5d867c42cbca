import FoundationEssentials
import Kubernetes

extension RevisionHistory {
    /// A probe that fails keeps failing, and the kubelet tells it each time, at first: a pod whose last failed probe is
    /// older than this had become ready. In seconds.
    private static let quiet: Double = 5
    /// Beyond so many Events of one kind about one pod the kubelet tells the rest only now and then.
    private static let told = 20

    /// Whether the events still show one pod of a revision that ran as it should until the next revision came: each of
    /// its containers was started once, nothing else went wrong, and its probes had come to pass.
    static func ranWell(
        _ template: PodTemplate, from born: Date?, until next: Date?, in snapshot: Snapshot, isOwn: (String) -> Bool
    ) -> Bool {
        guard let born, let next else { return false }
        let events = snapshot.events.filter { event in
            guard event.involvedObject.kind == "Pod", let seen = event.lastSeen else { return false }
            return seen >= born && seen <= next && isOwn(event.involvedObject.name)
        }
        let containers = template.spec.containers.count + (template.spec.initContainers ?? []).count
        return Dictionary(grouping: events, by: \.involvedObject.name).values.contains { own in
            let starts = own.filter { $0.reason == "Started" }
            guard starts.count == containers, starts.allSatisfy({ $0.count ?? 1 == 1 }) else { return false }
            return own.filter { $0.type == "Warning" }.allSatisfy { warning in
                guard warning.reason == "Unhealthy", warning.count ?? 1 < told, let seen = warning.lastSeen else {
                    return warning.reason == "FailedScheduling"
                }
                return next.timeIntervalSince(seen) >= quiet
            }
        }
    }
}
