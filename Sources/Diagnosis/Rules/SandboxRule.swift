import Kubernetes

/// Pods for which the node cannot make what their containers are to run in: their network, or the runtime they ask for.
struct SandboxRule: Rule {
    /// A network that is only coming up, as after the node's own start, is there by then.
    private static let patience: Double = 25

    func examine(_ subject: Subject, into report: inout Report) {
        let stuck = subject.currentPods.filter { pod in
            pod.status?.phase == "Pending"
                && (pod.status?.containerStatuses ?? []).allSatisfy { status in
                    ["ContainerCreating", "PodInitializing"].contains(status.state?.waiting?.reason ?? "")
                }
        }
        for pod in stuck {
            let events = subject.events(of: pod.reference)
            guard let failure = events.last(where: { $0.reason == "FailedCreatePodSandBox" }),
                subject.age(pod.metadata.creationTimestamp) ?? 0 > Self.patience
            else { continue }
            let text = Self.reason(failure.text)
            report.find(
                "sandbox-failed", pod.reference, "No sandbox can be made for \(pod.reference): \(text)",
                [
                    Evidence(
                        object: pod.reference, field: "event FailedCreatePodSandBox", value: text,
                        time: failure.lastSeen)
                ])
            return suspect(text, pod, stuck, subject, into: &report)
        }
    }

    private func suspect(
        _ text: String, _ pod: Pod, _ stuck: [Pod], _ subject: Subject, into report: inout Report
    ) {
        // Which runtime is to be used is the template's word; the network is the node's affair.
        let isTemplate = text.contains("no runtime for")
        var cause = subject.cause(.sandboxFailed, "", fault: isTemplate ? .anything : nil, pods: stuck)
        let brought = subject.changeWords(cause).map { ", since \($0)" } ?? ""
        let node = pod.spec.nodeName.map { "The node \($0)" } ?? "The node"
        let what = isTemplate ? "does not have the runtime that" : "cannot make the network and the sandbox that"
        cause.summary = "\(node) \(what) pods of \(subject.owner) need\(brought): \(text)"
        if !isTemplate, let name = pod.spec.nodeName { cause.object = ObjectReference(kind: "Node", name: name) }
        report.suspect(.start, cause)
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
