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
            "Pods that start have not been at it for longer than two minutes and four times what is usual for them, "
                + "where that was learned.",
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
        let start = StartProgress(of: cause, context)
        if start?.isOverdue == true { return nil }
        return Plan(
            .wait, context.object, detail: "\(cause.clause)\(progress(start, cause)); waiting",
            advice: context.advice(cause), waitUntil: start?.latest)
    }

    /// `, pulling the image, 8 s so far; its usual start takes 12 s`.
    private func progress(_ start: StartProgress?, _ cause: Cause) -> String {
        guard let start else { return "" }
        // What was seen of the process itself is nearer than the age of its pod.
        if cause.summary.contains("so far") { return start.usualWords.map { "; \($0)" }.joined() }
        return ", \(start.words)"
    }
}
