import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes

/// What stands against a plan, checked on the snapshot it was made from.
enum Guards {
    enum Objection: Hashable, Sendable {
        /// A person is at work: look again at this time.
        case wait(until: Date, reason: String)
        /// Somebody else decides.
        case advise(reason: String, advice: String)
    }

    /// The first objection, the strictest rules first; nil lets the plan through.
    static func objection(
        to plan: Plan, workload: WorkloadReference, in snapshot: Snapshot, policy: HealingPolicy
    ) -> Objection? {
        guard let write = plan.write else { return nil }
        let namespace = write.object.namespace ?? workload.namespace
        let written = metadata(of: write.object, in: snapshot)
        let owner = metadata(kind: workload.kind.rawValue, name: workload.name, in: snapshot)
        if let objection = HealModeGuard.objection(to: plan, owner, written, in: namespace, policy) {
            return objection
        }
        for metadata in [written, owner].compactMap({ $0 }) {
            if metadata.deletionTimestamp != nil {
                return .advise(
                    reason: "\(metadata.name ?? "") is being deleted",
                    advice: "Let it go, or see what holds it: kubectl get \(write.object.kind.lowercased()) "
                        + "\(metadata.name ?? "") -n \(namespace) -o jsonpath='{.metadata.finalizers}'")
            }
            if let mark = Ownership.mark(on: metadata) {
                return .advise(
                    reason: "\(metadata.name ?? "") carries the annotation \(mark)",
                    advice: "Remove the annotation to let Cortex act, or do it by hand"
                        + (plan.advice.map { ": \($0)" } ?? "."))
            }
        }
        if let rollout = owner?.controller, rollout.apiVersion.hasPrefix("argoproj.io/") {
            return .advise(
                reason: "\(workload) belongs to \(rollout.kind) \(rollout.name), which goes its steps by itself",
                advice: PlanContext.advice(changing: rollout, in: namespace))
        }
        if case .evict = write.change { return nil }
        if let owner = written?.controller {
            return .advise(
                reason:
                    "\(write.object) is owned by \(owner.kind) \(owner.name), whose controller would revert the change",
                advice: PlanContext.advice(changing: owner, in: namespace))
        }
        if let written, let tool = GitOps.owner(of: written) {
            return .advise(
                reason: "\(write.object) is managed by \(tool), which would revert the change",
                advice: "Fix it in Git, where \(write.object) is declared.")
        }
        if isPaused(write, in: snapshot) {
            return .advise(
                reason: "somebody paused the rollout of \(write.object), and a change would wait with it",
                advice: "When the pause is over: kubectl rollout resume \(write.object.kind.lowercased())/"
                    + "\(write.object.name) -n \(namespace)" + (plan.advice.map { "; then \($0)" } ?? ""))
        }
        return switch write.change {
        case .scale: autoscaler(of: workload, in: snapshot)
        case .template, .restart, .memory: written.flatMap { person($0, write.object, snapshot, policy) }
        case .evict, .selector, .targetPort, .create: nil
        }
    }

    /// A template is written to what goes out to the pods; in a paused Deployment nothing does.
    private static func isPaused(_ write: ClusterWrite, in snapshot: Snapshot) -> Bool {
        switch write.change {
        case .template, .restart, .memory:
            write.object.kind == "Deployment"
                && snapshot.deployments.contains { $0.name == write.object.name && $0.spec.paused == true }
        case .scale, .evict, .selector, .targetPort, .create: false
        }
    }

    private static func autoscaler(of workload: WorkloadReference, in snapshot: Snapshot) -> Objection? {
        if let unread = snapshot.unread.first(where: { $0.resource.hasSuffix("horizontalpodautoscalers") }) {
            return .advise(
                reason: "Cortex cannot see whether an autoscaler owns the replicas: \(unread.message)",
                advice: MissingRule(unread).advice)
        }
        let owner = snapshot.autoscalers.first {
            $0.spec.scaleTargetRef.kind == workload.kind.rawValue && $0.spec.scaleTargetRef.name == workload.name
        }
        return owner.map {
            .advise(
                reason: "the HorizontalPodAutoscaler \($0.name) owns the replicas of \(workload)",
                advice: "An autoscaler does not act on a workload at zero. If it should run: "
                    + "kubectl scale \(workload.kind.rawValue.lowercased())/\(workload.name) "
                    + "--replicas=\($0.spec.minReplicas ?? 1) -n \(workload.namespace)")
        }
    }

    private static func person(
        _ metadata: ObjectMeta, _ object: ObjectReference, _ snapshot: Snapshot, _ policy: HealingPolicy
    ) -> Objection? {
        guard let entry = Ownership.lastTemplateWrite(metadata), let time = entry.time else { return nil }
        let free = time.addingTimeInterval(policy.humanGrace.inSeconds)
        guard free > snapshot.takenAt else { return nil }
        return .wait(
            until: free,
            reason: "\(object) was changed at \(RFC3339.string(from: time)) with "
                + "\(entry.manager ?? "an unknown client"); a person may be at work, so Cortex waits "
                + "until \(RFC3339.string(from: free)) and looks again")
    }

    private static func metadata(of object: ObjectReference, in snapshot: Snapshot) -> ObjectMeta? {
        metadata(kind: object.kind, name: object.name, in: snapshot)
    }

    static func metadata(kind: String, name: String, in snapshot: Snapshot) -> ObjectMeta? {
        switch kind {
        case "Deployment": snapshot.deployments.first { $0.name == name }?.metadata
        case "StatefulSet": snapshot.statefulSets.first { $0.name == name }?.metadata
        case "DaemonSet": snapshot.daemonSets.first { $0.name == name }?.metadata
        case "ReplicaSet": snapshot.replicaSets.first { $0.name == name }?.metadata
        case "Service": snapshot.services.first { $0.name == name }?.metadata
        case "Pod": snapshot.pods.first { $0.name == name }?.metadata
        default: nil
        }
    }
}

extension Duration {
    /// The length in seconds, fractions included.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
