import Kubernetes

/// A Deployment whose rollout somebody paused.
struct PauseRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.isPaused else { return }
        let condition = workload.condition("Progressing")
        let evidence = [
            Evidence(
                object: workload.object, field: "spec.paused", value: "true", time: condition?.lastTransitionTime)
        ]
        let isWaiting = subject.history?.hasPendingTemplate == true || (workload.updated ?? 0) < workload.desired
        report.find(
            "paused", workload.object,
            isWaiting
                ? "The rollout of \(workload.reference) is paused with a change that has not gone out."
                : "\(workload.reference) is paused; no change is waiting.",
            evidence)
        guard isWaiting, workload.desired > 0 else { return }
        report.suspect(
            .paused,
            Cause(
                id: .rolloutPaused,
                summary: "Somebody paused the rollout of \(workload.reference); its change waits until it is resumed.",
                object: workload.object))
    }
}
