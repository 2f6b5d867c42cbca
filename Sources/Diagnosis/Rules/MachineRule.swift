import Kubernetes

/// Pods on a node that does not answer.
struct MachineRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        let down = subject.snapshot.nodes.filter { !$0.isReady }
        guard !down.isEmpty else { return }
        let names = Set(down.map(\.name))
        for node in down {
            let condition = node.status?.conditions?.first { $0.type == "Ready" }
            let evidence = Evidence(
                object: node.reference, field: "status.conditions[Ready]",
                value: Redaction.line("\(condition?.status ?? "absent") \(condition?.message ?? "")"),
                time: condition?.lastTransitionTime)
            report.find("node-not-ready", node.reference, "Node \(node.name) is not ready.", [evidence])
        }
        let stranded = (subject.livePods + subject.terminatingPods).filter { pod in
            pod.spec.nodeName.map { names.contains($0) } ?? false
        }
        guard let workload = subject.workload, !stranded.isEmpty, subject.readyCount < workload.desired else {
            return
        }
        let nodes = Set(stranded.compactMap(\.spec.nodeName)).sorted().joined(separator: ", ")
        report.suspect(
            .machine,
            Cause(
                id: .nodeNotReady, summary: "Node \(nodes) is not ready, and pods of \(workload.reference) are on it.",
                object: ObjectReference(kind: "Node", name: nodes), pods: stranded.map(\.reference)))
    }
}
