import Kubernetes

/// Pods on a node that does not answer, whose runtime is gone, or that runs out of disk or memory.
struct MachineRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        suspectDown(subject, into: &report)
        suspectPressure("DiskPressure", .diskPressure, subject, into: &report)
        suspectPressure("MemoryPressure", .memoryPressure, subject, into: &report)
    }

    private func suspectDown(_ subject: Subject, into report: inout Report) {
        let down = subject.snapshot.nodes.filter { !$0.isReady }
        guard !down.isEmpty else { return }
        for node in down {
            let condition = node.status?.conditions?.first { $0.type == "Ready" }
            let evidence = Evidence(
                object: node.reference, field: "status.conditions[Ready]",
                value: Redaction.line("\(condition?.status ?? "absent") \(condition?.message ?? "")"),
                time: condition?.lastTransitionTime)
            report.find("node-not-ready", node.reference, "Node \(node.name) is not ready.", [evidence])
        }
        let stranded = pods(on: down, subject)
        // What is Ready on such a node may still answer, and is not to be relied on.
        let doubtful = stranded.filter { $0.isReady && $0.metadata.deletionTimestamp == nil }.count
        let concerned = down.filter { node in stranded.contains { $0.spec.nodeName == node.name } }
        guard let workload = subject.workload, let first = concerned.first,
            subject.readyCount - doubtful < workload.desired
        else { return }
        let nodes = concerned.map(\.name).sorted().joined(separator: ", ")
        let dead = concerned.first(where: Self.lacksRuntime)
        let isRuntime = dead != nil
        let what = isRuntime ? "has no working container runtime" : "is not ready"
        report.suspect(
            .machine,
            Cause(
                id: isRuntime ? .runtimeDown : .nodeNotReady,
                summary: "Node \(nodes) \(what), and pods of \(workload.reference) are on it.",
                object: (dead ?? first).reference, pods: stranded.map(\.reference)))
    }

    /// The kubelet is alive and says that its runtime is not; a kubelet that is gone leaves the condition Unknown.
    private static func lacksRuntime(_ node: Node) -> Bool {
        guard let ready = node.status?.conditions?.first(where: { $0.type == "Ready" }), ready.status == "False" else {
            return false
        }
        let text = (ready.message ?? "").lowercased()
        return ["runtime", "pleg", "containerd", "docker"].contains { text.contains($0) }
    }

    private func suspectPressure(
        _ type: String, _ id: CauseID, _ subject: Subject, into report: inout Report
    ) {
        let pressed = subject.snapshot.nodes.filter { $0.condition(type) != nil }
        for node in pressed {
            let condition = node.condition(type)
            report.find(
                "node-pressure", node.reference, "Node \(node.name) is under \(type).",
                [
                    Evidence(
                        object: node.reference, field: "status.conditions[\(type)]",
                        value: Redaction.line("True \(condition?.message ?? "")"), time: condition?.lastTransitionTime)
                ])
        }
        guard let workload = subject.workload, workload.desired > 0 else { return }
        let evicted = subject.leftoverPods.filter { pod in
            pod.status?.reason == "Evicted" && Self.names(type, pod.status?.message ?? "")
        }
        guard subject.readyCount < workload.desired else {
            return suspectEvictions(type, id, workload, pods(on: pressed, subject), into: &report)
        }
        let isKeptOff = subject.currentPods.contains { pod in
            let scheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" }
            return (scheduled?.message ?? "").contains(type == "DiskPressure" ? "/disk-pressure" : "/memory-pressure")
        }
        guard isKeptOff || !evicted.isEmpty && !pressed.isEmpty else { return }
        let nodes = pressed.map(\.name).joined(separator: ", ")
        let node = pressed.first { node in evicted.contains { $0.spec.nodeName == node.name } } ?? pressed.first
        let words = type == "DiskPressure" ? "disk space" : "memory"
        report.suspect(
            .placement,
            Cause(
                id: id,
                summary: "The node\(nodes.isEmpty ? "" : " \(nodes)") is short of \(words): pods of "
                    + "\(workload.reference) were evicted from it or are kept off it.",
                object: node?.reference ?? subject.owner,
                pods: (evicted + subject.currentPods.filter { !$0.isReady }).map(\.reference)))
    }

    /// All pods still serve, and some of them are where pods are about to be evicted.
    private func suspectEvictions(
        _ type: String, _ id: CauseID, _ workload: Workload, _ pods: [Pod], into report: inout Report
    ) {
        guard let node = pods.first?.spec.nodeName else { return }
        report.suspect(
            .scaling,
            Cause(
                id: id,
                summary: "The node \(node) is short of \(type == "DiskPressure" ? "disk space" : "memory"): pods of "
                    + "\(workload.reference) still serve on it, and may be evicted.",
                object: ObjectReference(kind: "Node", name: node), pods: pods.map(\.reference)))
    }

    private static func names(_ type: String, _ message: String) -> Bool {
        let words =
            type == "DiskPressure" ? ["ephemeral-storage", "nodefs", "imagefs", "inodes"] : ["resource: memory"]
        return words.contains { message.contains($0) }
    }

    private func pods(on nodes: [Node], _ subject: Subject) -> [Pod] {
        let names = Set(nodes.map(\.name))
        return (subject.livePods + subject.terminatingPods).filter { pod in
            pod.spec.nodeName.map { names.contains($0) } ?? false
        }
    }
}
