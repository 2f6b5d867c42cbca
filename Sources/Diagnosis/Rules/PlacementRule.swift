import Kubernetes

/// Pods that find no node to run on.
struct PlacementRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload else { return }
        suspectNowhere(subject, workload, into: &report)
        guard workload.desired > 0 else { return }
        suspectGhost(subject, workload, into: &report)
        let stuck = subject.currentPods.filter { Self.refusal($0, subject) != nil }
        guard let pod = stuck.first, let refusal = Self.refusal(pod, subject) else { return }
        report.find(
            "unschedulable", pod.reference, "\(pod.reference) finds no node: \(refusal.value)", [refusal])
        let (id, summary, fault) = Self.judge(refusal.value, pod, subject)
        var cause = subject.cause(id, summary, fault: fault, pods: stuck)
        if let node = Self.node(of: id, subject.snapshot.nodes) { cause.object = node.reference }
        report.suspect(.placement, cause)
    }

    /// The node that keeps the pods off, where its own state does; nil for other causes.
    private static func node(of cause: CauseID, _ nodes: [Node]) -> Node? {
        nodes.first { node in
            switch cause {
            case .nodeNotReady: !node.isReady
            case .diskPressure: node.condition("DiskPressure") != nil
            case .memoryPressure: node.condition("MemoryPressure") != nil
            case .nodeDrained: node.spec?.unschedulable == true
            default: false
            }
        }
    }

    /// The scheduler's message: from the pod's condition, else from its last event.
    private static func refusal(_ pod: Pod, _ subject: Subject) -> Evidence? {
        guard let scheduled = pod.status?.conditions?.first(where: { $0.type == "PodScheduled" }),
            scheduled.status == "False", scheduled.reason == "Unschedulable"
        else { return nil }
        let event = subject.events(of: pod.reference).last { $0.reason == "FailedScheduling" }
        let text = scheduled.message ?? event?.message ?? ""
        return Evidence(
            object: pod.reference, field: "status.conditions[PodScheduled]", value: Redaction.line(text, limit: 300),
            time: scheduled.lastTransitionTime)
    }

    /// Which of the scheduler's reasons stands in the way: what no node could ever satisfy comes first.
    private static func judge(_ text: String, _ pod: Pod, _ subject: Subject) -> (CauseID, String, Fault?) {
        let lower = text.lowercased()
        let owner = subject.owner
        func has(_ words: String...) -> Bool { words.contains { lower.contains($0) } }
        if has("volume node affinity conflict") {
            return (.volumeElsewhere, "The volume of pods of \(owner) is where they find no room: \(text)", .placement)
        }
        if has("persistentvolumeclaim", "persistent volume", "no matching persistent") {
            return (.claimPending, "Pods of \(owner) wait for a volume claim that is not bound: \(text)", .anything)
        }
        if has("insufficient"), let excess = tooBig(pod, subject.snapshot.nodes) {
            return (.requestTooBig, "Pods of \(owner) request \(excess), more than any node has.", .requests)
        }
        if has("free ports") {
            return (
                .hostPort, "Pods of \(owner) want a port of the node itself that another pod holds: \(text)", .anything
            )
        }
        if has("topology spread") {
            return (.topologySpread, "No node is left that pods of \(owner) may be spread to: \(text)", .placement)
        }
        // Of both kinds the scheduler says `pod affinity/anti-affinity`; only the one in the way has rules of its own.
        if has("pod affinity rules"), !has("anti-affinity rules") {
            return (
                .podAffinity, "Pods of \(owner) want other pods beside them, and no node has those: \(text)", .placement
            )
        }
        if has("anti-affinity") {
            return (.antiAffinity, "Pods of \(owner) may not share a node and no other node is free.", .placement)
        }
        if has("node selector", "node affinity", "affinity/selector") {
            let selector = LabelSelector(matchLabels: pod.spec.nodeSelector ?? [:]).queryValue
            let wanted = selector.isEmpty ? "its node affinity" : selector
            return (.nodeSelector, "No node has the labels that pods of \(owner) ask for (\(wanted)).", .placement)
        }
        if has("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable") {
            return (.nodeNotReady, "The nodes that pods of \(owner) could run on are not ready.", nil)
        }
        if has("node.kubernetes.io/memory-pressure", "node.kubernetes.io/disk-pressure") {
            let isDisk = has("disk-pressure")
            return (
                isDisk ? .diskPressure : .memoryPressure,
                "The nodes that pods of \(owner) could run on are short of \(isDisk ? "disk space" : "memory").", nil
            )
        }
        if has("unschedulable") {
            let cordoned = subject.snapshot.nodes.filter { $0.spec?.unschedulable == true }.map(\.name)
            let names = cordoned.isEmpty ? "" : " (\(cordoned.joined(separator: ", ")))"
            return (.nodeDrained, "The nodes that pods of \(owner) could run on are cordoned\(names).", nil)
        }
        if has("taint") {
            return (.taint, "Pods of \(owner) do not tolerate the taints of the nodes: \(text)", .placement)
        }
        if has("insufficient", "too many pods") {
            return (.nodeFull, "The nodes are full for pods of \(owner): \(text)", .requests)
        }
        return (.rolloutStuck, "Pods of \(owner) find no node: \(text)", .placement)
    }

    /// `memory 999Gi` when a request exceeds what every node has in all.
    private static func tooBig(_ pod: Pod, _ nodes: [Node]) -> String? {
        let known = nodes.compactMap { $0.status?.allocatable }
        guard !known.isEmpty else { return nil }
        let common = ["memory", "cpu", "ephemeral-storage"]
        let asked = Set(pod.spec.containers.flatMap { ($0.resources?.requests ?? [:]).keys })
        // A device that no node announces is one of which every node has none.
        for resource in common + asked.subtracting(common).sorted() {
            let requests = pod.spec.containers.compactMap { $0.resources?.requests?[resource] }
            let sum = requests.compactMap { Quantity($0)?.value }.reduce(0, +)
            let most = known.compactMap { $0[resource].flatMap { Quantity($0)?.value } }.max()
            guard let most = most ?? (resource.contains("/") ? 0 : nil), sum > most else { continue }
            return "\(resource) \(requests.joined(separator: " + "))"
        }
        return nil
    }

    /// A DaemonSet wants a pod on each node that it selects: where it selects none it has none, and nothing is pending.
    /// Never undone: a selector that nothing meets is how people switch a DaemonSet off.
    private func suspectNowhere(_ subject: Subject, _ workload: Workload, into report: inout Report) {
        let labels = workload.podSpec.nodeSelector ?? [:]
        let selector = LabelSelector(matchLabels: labels)
        guard workload.reference.kind == .daemonSet, workload.desired == 0, workload.isObserved, !labels.isEmpty,
            !subject.snapshot.nodes.isEmpty, subject.unread(.nodes).isEmpty,
            !subject.snapshot.nodes.contains(where: { selector.matches($0.metadata.labels ?? [:]) })
        else { return }
        report.find(
            "selects-no-node", workload.object, "No node has the labels that \(workload.reference) selects.",
            [
                Evidence(
                    object: workload.object, field: "spec.template.spec.nodeSelector", value: selector.queryValue,
                    time: workload.metadata.lastTemplateWrite?.time)
            ])
        report.suspect(
            .placement,
            Cause(
                id: .nodeSelector,
                summary: "No node has the labels that \(workload.reference) asks for (\(selector.queryValue)), so that "
                    + "it has no pods; somebody may mean it so.",
                object: workload.object))
    }

    /// A pod bound by name to a node that does not exist: no scheduler ever looks at it.
    private func suspectGhost(_ subject: Subject, _ workload: Workload, into report: inout Report) {
        // An empty list of nodes is one that could not be read.
        let nodes = Set(subject.snapshot.nodes.map(\.name))
        guard !nodes.isEmpty, subject.unread(.nodes).isEmpty else { return }
        let lost = subject.currentPods.filter { pod in
            pod.status?.phase == "Pending" && pod.spec.nodeName.map { !nodes.contains($0) } ?? false
        }
        guard let pod = lost.first, let name = pod.spec.nodeName else { return }
        let evidence = Evidence(
            object: pod.reference, field: "spec.nodeName", value: name, time: pod.metadata.creationTimestamp)
        report.find(
            "ghost-node", pod.reference, "\(pod.reference) is bound to node \(name), which does not exist.", [evidence])
        report.suspect(
            .placement,
            subject.cause(
                .ghostNode, "Pods of \(workload.reference) are bound to node \(name), which does not exist.",
                fault: .placement, pods: lost))
    }
}
