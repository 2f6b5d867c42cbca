import Kubernetes

/// Ready pods that cannot be reached, and policies that select them. A denied packet looks like a process that hangs,
/// and evicting the pod would help nobody.
struct NetworkPolicyRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let answer = subject.snapshot.answer, !report.has("no-endpoints"),
            [.timeout, .connectionRefused, .connectionReset, .unreachable].contains(answer.kind),
            // Replicas are alike to a policy: where one of them answers, it lets requests through.
            !subject.snapshot.podAnswers.values.contains(where: { $0.kind == .ok }),
            let workload = subject.workload, let pod = subject.readyPods.first
        else { return }
        let doubts = PolicyDoubt.all(in: subject.snapshot.networkPolicies, for: pod)
            .filter { $0.direction == "Ingress" || answer.kind == .timeout }
        guard let first = doubts.first else { return }
        for doubt in doubts {
            report.find(
                "policy-restricts", doubt.policy.reference,
                "\(doubt.policy.reference) selects the pods of \(workload.reference) and \(doubt.words).",
                [
                    Evidence(
                        object: doubt.policy.reference, field: "spec.podSelector",
                        value: doubt.policy.spec.podSelector.queryValue, time: doubt.policy.lastChange)
                ])
        }
        let names = doubts.map(\.policy.reference.description).joined(separator: ", ")
        report.suspect(
            .answer,
            Cause(
                id: .networkPolicy,
                summary: "The pods of \(workload.reference) are Ready and cannot be reached "
                    + "(\(Redaction.line(answer.message))); \(names) \(first.words).",
                object: first.policy.reference, pods: subject.readyPods.map(\.reference)))
    }
}
