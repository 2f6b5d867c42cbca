public import Diagnosis
import JSON
import Kubernetes

/// What a write means: in words, and in the state it leads to.
extension ClusterWrite {
    /// The action it carries out.
    public var action: Action {
        switch change {
        case .scale: .scale
        case .restart: .restart
        case .template: .rollback
        case .evict: .replace
        case .selector, .targetPort, .create: .repair
        case .memory: .memory
        }
    }

    /// What was done, for the end of a healing: `Scaled Deployment/web from 0 to 2 replicas`.
    var summary: String { "\(words.done) \(words.what)" }

    /// What it would do: `Would scale Deployment/web from 0 to 2 replicas`.
    public var proposal: String { "Would \(words.act) \(words.what)" }

    private var words: (act: String, done: String, what: String) {
        switch change {
        case .scale(let from, let to): ("scale", "Scaled", "\(object) from \(from) to \(to) replicas")
        case .restart: ("restart", "Restarted", "\(object)")
        case .template(_, let revision): ("roll", "Rolled", "\(object) back to revision \(revision)")
        case .evict: ("evict", "Evicted", "\(object)")
        case .selector(let selector): ("set", "Set", "the selector of \(object) to \(Self.text(selector))")
        case .targetPort(_, let port): ("set", "Set", "the target port of \(object) to \(port)")
        case .memory(_, let from, let to): ("raise", "Raised", "the memory limit of \(object) from \(from) to \(to)")
        case .create: ("make", "Made", "\(object) again")
        }
    }

    private static func text(_ selector: [String: String]) -> String {
        selector.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    /// What it is going to do, in words: `target port 9999 becomes 3000`.
    public var intention: String {
        switch change {
        case .selector(let selector): "its selector becomes \(Self.text(selector))"
        case .targetPort(_, let port): "its target port becomes \(port)"
        case .scale, .restart, .template, .evict, .memory, .create: summary
        }
    }

    /// The reason of the Kubernetes Event that records it.
    var eventReason: String {
        switch change {
        case .scale: "CortexScaled"
        case .restart: "CortexRestarted"
        case .template: "CortexRolledBack"
        case .evict: "CortexEvicted"
        case .selector, .targetPort, .create: "CortexRepaired"
        case .memory: "CortexRaisedMemory"
        }
    }

    public var isEviction: Bool { change == .evict }

    /// Whether sending the other one would be doing the same thing again to the same object.
    func repeats(_ other: ClusterWrite) -> Bool {
        guard object.kind == other.object.kind, object.name == other.object.name else { return false }
        return switch (change, other.change) {
        case (.restart, .restart): true
        case (.evict, .evict): object.uid == other.object.uid
        case (.template(_, let left), .template(_, let right)): left == right
        case (.scale(_, let left), .scale(_, let right)): left == right
        // Once, whatever the amounts.
        case (.memory, .memory): true
        default: change == other.change
        }
    }

    /// Whether the cluster is as this write would make it: how an unanswered write is told from a lost one.
    public func isDone(in snapshot: Snapshot) -> Bool {
        switch change {
        case .scale(_, let count):
            return replicas(in: snapshot) == count
        case .template(let template, _):
            return self.template(in: snapshot)?.raw == template
        case .restart(let time):
            return template(in: snapshot)?.metadata?.annotations?[Self.restartedAt] == RFC3339.string(from: time)
        case .memory(let container, _, let to):
            let own = template(in: snapshot)?.spec.containers.first { $0.name == container }
            return own?.resources?.limits?["memory"] == to
        case .create: return snapshot.services.contains { $0.name == object.name }
        case .evict:
            let pod = snapshot.pods.first { $0.name == object.name && $0.metadata.uid == object.uid }
            return pod == nil || pod?.metadata.deletionTimestamp != nil
        case .selector(let selector):
            return snapshot.services.first { $0.name == object.name }?.spec.selector == selector
        case .targetPort(let index, let port):
            let ports = snapshot.services.first { $0.name == object.name }?.spec.ports ?? []
            return ports.indices.contains(index) && ports[index].targetPort == port
        }
    }

    /// The same change, decided on the object as it is now; nil when the object is gone.
    func rebound(to snapshot: Snapshot) -> ClusterWrite? {
        let current: ObjectReference? =
            switch object.kind {
            case "Deployment": snapshot.deployments.first { $0.name == object.name }?.reference
            case "StatefulSet": snapshot.statefulSets.first { $0.name == object.name }?.reference
            case "Service": snapshot.services.first { $0.name == object.name }?.reference
            default: nil
            }
        return current.map { ClusterWrite(change, of: $0, resource: resource) }
    }

    private func template(in snapshot: Snapshot) -> PodTemplate? {
        switch object.kind {
        case "Deployment": snapshot.deployments.first { $0.name == object.name }?.spec.template
        case "StatefulSet": snapshot.statefulSets.first { $0.name == object.name }?.spec.template
        case "DaemonSet": snapshot.daemonSets.first { $0.name == object.name }?.spec.template
        default: nil
        }
    }

    private func replicas(in snapshot: Snapshot) -> Int? {
        switch object.kind {
        case "Deployment": snapshot.deployments.first { $0.name == object.name }?.spec.replicas
        case "StatefulSet": snapshot.statefulSets.first { $0.name == object.name }?.spec.replicas
        case "ReplicaSet": snapshot.replicaSets.first { $0.name == object.name }?.spec.replicas
        default: nil
        }
    }
}
