import FoundationEssentials
import Kubernetes

/// Pods whose containers are ready and that wait for a condition which somebody else has to set.
struct ReadinessGateRule: Rule {
    /// A load balancer's controller takes its time to register a pod.
    private static let patience: Double = 120

    func examine(_ subject: Subject, into report: inout Report) {
        let waiting = subject.currentPods.filter {
            !$0.isReady && Self.missing($0) != nil && Self.hasReadyContainers($0)
        }
        guard let pod = waiting.first, let gate = Self.missing(pod).map({ Redaction.line($0, limit: 120) }) else {
            return
        }
        let since = pod.status?.conditions?.first { $0.type == "ContainersReady" }?.lastTransitionTime
        report.find(
            "readiness-gate", pod.reference,
            "The containers of \(pod.reference) are ready; it waits for its readiness gate \(gate), which nobody "
                + "has set.",
            [Evidence(object: pod.reference, field: "status.conditions[\(gate)]", value: "not True", time: since)])
        guard subject.workload?.isLate == true || subject.age(since) ?? 0 > Self.patience else {
            report.suspect(
                .recovery,
                Cause(
                    id: .slowStart, summary: "Pods of \(subject.owner) wait for their readiness gate \(gate).",
                    object: subject.owner, pods: waiting.map(\.reference)))
            return
        }
        report.suspect(
            .readiness,
            subject.cause(
                .readinessGate,
                "The containers of \(subject.owner) are ready, but nobody sets the readiness gate \(gate) of its pods.",
                fault: .anything, pods: waiting))
    }

    private static func missing(_ pod: Pod) -> String? {
        let conditions = pod.status?.conditions ?? []
        return pod.spec.readinessGates?.map(\.conditionType).first { type in
            !conditions.contains { $0.type == type && $0.isTrue }
        }
    }

    private static func hasReadyContainers(_ pod: Pod) -> Bool {
        pod.status?.conditions?.contains { $0.type == "ContainersReady" && $0.isTrue } ?? false
    }
}
