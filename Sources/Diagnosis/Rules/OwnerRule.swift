import FoundationEssentials
import Kubernetes

/// Who else decides about a workload that is in trouble: findings that tell why a repair may not be Cortex's to make.
struct OwnerRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, report.rootCause != nil else { return }
        if let tool = GitOps.owner(of: workload.metadata) {
            report.find(
                "gitops-owned", workload.object,
                "\(workload.reference) is managed by \(tool): what is changed here "
                    + "and not in Git is reverted.",
                [Evidence(object: workload.object, field: "metadata", value: tool)])
        }
        for scaler in subject.snapshot.autoscalers where AutoscalerRule.scales(scaler, workload.reference) {
            report.find(
                "hpa-owns-replicas", scaler.reference,
                "\(scaler.reference) decides how many replicas "
                    + "\(workload.reference) has.",
                [
                    Evidence(
                        object: scaler.reference, field: "spec",
                        value: "\(scaler.spec.minReplicas ?? 1) to \(scaler.spec.maxReplicas) replicas")
                ])
        }
        if let owner = workload.metadata.controller, workload.reference.kind != .pod, workload.reference.kind != .job {
            report.find(
                "foreign-controller", workload.object,
                "\(workload.reference) belongs to \(owner.kind) \(owner.name) (\(owner.apiVersion)), whose controller "
                    + "Cortex does not know.",
                [
                    Evidence(
                        object: workload.object, field: "metadata.ownerReferences", value: "\(owner.kind) \(owner.name)"
                    )
                ])
        }
    }
}
