import Kubernetes

/// Pods for which the node cannot make what their containers are to run in: their network, or the runtime they ask for.
struct SandboxRule: Rule {
    /// A network that is only coming up, as after the node's own start, is there by then.
    private static let patience: Double = 25
    /// The kubelet goes on trying, and tells of it at least this often.
    /// Source: client-go, tools/record/events_cache.go: of many Events about one object one in 300 s is let through.
    private static let silence: Double = 330
    /// What is told of a pod only once its sandbox is there.
    private static let later: Set = ["Pulling", "Pulled", "Created", "Started"]
    /// Words for a node that is short of something, or whose network does not answer: then no template is to blame.
    private static let outages = [
        "no ip addresses available", "connection refused", "timeout", "timed out", "deadline exceeded", "no space left",
        "not initialized", "not ready", "no such host", "unreachable",
    ]

    func examine(_ subject: Subject, into report: inout Report) {
        let stuck = subject.currentPods.filter { pod in
            pod.status?.phase == "Pending" && pod.status?.podIP == nil
                && (pod.status?.containerStatuses ?? []).allSatisfy { status in
                    ["ContainerCreating", "PodInitializing"].contains(status.state?.waiting?.reason ?? "")
                }
        }
        for pod in stuck {
            guard subject.age(pod.metadata.creationTimestamp) ?? 0 > Self.patience,
                let failure = lastFailure(of: pod, subject)
            else { continue }
            let text = Self.reason(failure.text)
            report.find(
                "sandbox-failed", pod.reference, "No sandbox can be made for \(pod.reference): \(text)",
                [
                    Evidence(
                        object: pod.reference, field: "event FailedCreatePodSandBox", value: text,
                        time: failure.lastSeen)
                ])
            suspect(text, fault(failure.text, subject), pod, stuck, subject, into: &report)
            return
        }
    }

    /// Nil where its sandbox has been made since: an Event is kept for an hour.
    private func lastFailure(of pod: Pod, _ subject: Subject) -> Event? {
        let events = subject.events(of: pod.reference)
        guard let failure = events.last(where: { $0.reason == "FailedCreatePodSandBox" }), let time = failure.lastSeen,
            subject.age(time) ?? 0 < Self.silence
        else { return nil }
        let isMade = events.contains { event in
            Self.later.contains(event.reason ?? "") && event.lastSeen.map { $0 >= time } ?? false
        }
        return isMade ? nil : failure
    }

    private func suspect(
        _ text: String, _ fault: Fault?, _ pod: Pod, _ stuck: [Pod], _ subject: Subject, into report: inout Report
    ) {
        var cause = subject.cause(.sandboxFailed, "", fault: fault, pods: stuck)
        let isTemplate = text.contains("no runtime for")
        let brought = subject.changeWords(cause).map { ", since \($0)" } ?? ""
        let node = pod.spec.nodeName.map { "The node \($0)" } ?? "The node"
        let what = isTemplate ? "does not have the runtime that" : "cannot make the network and the sandbox that"
        cause.summary = "\(node) \(what) pods of \(subject.owner) need\(brought): \(text)"
        // What came with the template is no affair of others on that node.
        if !isTemplate, !cause.introducedByRevision, let name = pod.spec.nodeName {
            cause.object = ObjectReference(kind: "Node", name: name)
        }
        report.suspect(.start, cause)
    }

    /// What in the template the node may be unable to carry out; nil for what no template changes.
    private func fault(_ text: String, _ subject: Subject) -> Fault? {
        // As for whatever else keeps a rollout from its end.
        if subject.workload?.isLate == true { return .anything }
        if ContainerSetupRule.isOutOfMemory(text) { return .resources }
        let lower = text.lowercased()
        return Self.outages.contains { lower.contains($0) } ? nil : .sandbox
    }

    /// Without the layers that every such message has.
    private static func reason(_ text: String) -> String {
        let layers = ["desc = ", "failed to setup network for sandbox", "failed to set up sandbox container"]
        var rest = text[...]
        if let found = rest.firstRange(of: layers[0]) { rest = rest[found.upperBound...] }
        for layer in layers.dropFirst() {
            if rest.hasPrefix(layer), let found = rest.firstRange(of: ": ") { rest = rest[found.upperBound...] }
        }
        return Redaction.line(String(rest), limit: 240)
    }
}
