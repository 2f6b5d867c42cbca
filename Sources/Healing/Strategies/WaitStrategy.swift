import Diagnosis
import FoundationEssentials
import Kubernetes

/// It is recovering by itself. Watched until it has, or until the healing's deadline hands it to a person.
struct WaitStrategy: Strategy {
    let card = StrategyCard(
        "wait", .wait, .observe, "Waits for what recovers by itself, with a reason and a deadline.",
        causes: [
            .podDeleted, .crashTransient, .slowStart, .rolloutRunning, .imageRegistryDown, .nodeNotReady,
        ],
        preconditions: [
            "A controller, the kubelet or the node's own return is expected to bring it back.",
            "A node has not been silent for longer than the five minutes after which its pods are given up.",
        ],
        steps: [
            "Watch the workload, its pods and its endpoints.", "Ask the service as soon as something stands behind it.",
        ],
        verification: "The service itself answers.", undo: "Nothing to undo.")

    /// Source: `default-unreachable-toleration-seconds` of the API server.
    private static let nodePatience: Double = 300

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        if cause.id == .nodeNotReady {
            let since = context.snapshot.nodes.filter { !$0.isReady }.compactMap { node in
                node.status?.conditions?.first { $0.type == "Ready" }?.lastTransitionTime
            }.min()
            if let since, context.snapshot.takenAt.timeIntervalSince(since) > Self.nodePatience { return nil }
        }
        return Plan(
            .wait, context.object, detail: "\(cause.clause)\(progress(cause, context)); waiting",
            advice: context.advice(cause))
    }

    /// `, 8 s so far`: how long the pods that are not ready have been at it.
    private func progress(_ cause: Cause, _ context: PlanContext) -> String {
        guard cause.id == .slowStart || cause.id == .rolloutRunning else { return "" }
        let waiting = context.snapshot.pods.filter { pod in
            !pod.isReady && cause.pods.contains { $0.name == pod.name }
        }
        guard let oldest = waiting.compactMap(\.metadata.creationTimestamp).min(), !cause.summary.contains("so far")
        else { return "" }
        return ", \(Int(max(0, context.snapshot.takenAt.timeIntervalSince(oldest)))) s so far"
    }
}
