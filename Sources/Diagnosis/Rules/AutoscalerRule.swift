import Kubernetes

/// An autoscaler that can scale no further, or that cannot see what it scales by.
struct AutoscalerRule: Rule {
    /// Right after its start an autoscaler has no figures yet, and pods that start give none.
    private static let patience: Double = 120

    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0 else { return }
        for scaler in subject.snapshot.autoscalers where Self.scales(scaler, workload.reference) {
            suspectBlindness(scaler, workload, subject, into: &report)
            suspectCeiling(scaler, workload, into: &report)
        }
    }

    static func scales(_ scaler: HorizontalPodAutoscaler, _ workload: WorkloadReference) -> Bool {
        scaler.spec.scaleTargetRef.kind == workload.kind.rawValue && scaler.spec.scaleTargetRef.name == workload.name
    }

    private func suspectBlindness(
        _ scaler: HorizontalPodAutoscaler, _ workload: Workload, _ subject: Subject, into report: inout Report
    ) {
        guard let active = scaler.blindness else { return }
        let text = Redaction.line(active.message ?? "", limit: 300)
        // What the template lacks does not come by waiting.
        let isCertain = text.lowercased().contains("missing request")
        guard isCertain || subject.age(active.lastTransitionTime) ?? 0 > Self.patience else { return }
        report.find(
            "autoscaler-blind", scaler.reference, "\(scaler.reference) has no figures to scale by: \(text)",
            [Self.evidence(scaler, active)])
        if let source = MetricsOutage(active) {
            return report.suspect(.scaling, source.cause(of: scaler, workload, subject))
        }
        report.suspect(
            .scaling,
            Cause(
                id: .autoscalerBlind,
                summary: "\(scaler.reference) cannot scale \(workload.reference): "
                    + (isCertain ? "its containers have no CPU or memory request to measure against" : text) + ".",
                object: scaler.reference))
    }

    private func suspectCeiling(
        _ scaler: HorizontalPodAutoscaler, _ workload: Workload, into report: inout Report
    ) {
        // At its maximum with its load at the target it has what it needs; it only remembers a moment ago.
        guard let limited = scaler.ceiling, scaler.load ?? 2 > 1 else { return }
        report.find(
            "autoscaler-maxed", scaler.reference,
            "\(scaler.reference) wants more than its maximum of \(scaler.spec.maxReplicas) replicas.",
            [Self.evidence(scaler, limited)])
        report.suspect(
            .scaling,
            Cause(
                id: .autoscalerMaxed,
                summary: "\(workload.reference) is at the maximum of \(scaler.spec.maxReplicas) replicas that "
                    + "\(scaler.reference) allows, and its load asks for more.",
                object: scaler.reference))
    }

    private static func evidence(_ scaler: HorizontalPodAutoscaler, _ condition: Condition) -> Evidence {
        Evidence(
            object: scaler.reference, field: "status.conditions[\(condition.type)]",
            value: Redaction.line([condition.reason, condition.message].compactMap { $0 }.joined(separator: ": ")),
            time: condition.lastTransitionTime)
    }
}
