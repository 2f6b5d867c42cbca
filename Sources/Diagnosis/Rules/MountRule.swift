import Kubernetes

/// Pods that wait in ContainerCreating for a volume.
struct MountRule: Rule {
    /// An attach that the volume's last pod is only giving up, or a storage server that restarts, takes a moment.
    private static let patience: Double = 25
    /// Words for a server that does not answer: then the template is not to blame.
    private static let outages = [
        "timed out", "timeout", "connection refused", "no route", "unreachable", "multi-attach",
    ]

    func examine(_ subject: Subject, into report: inout Report) {
        for pod in subject.currentPods where pod.status?.phase == "Pending" && !pod.isReady {
            let failure = subject.events(of: pod.reference).last { event in
                // A kubelet whose cache is still filling says so and tries again at once; that it waits says not why.
                ["FailedMount", "FailedAttachVolume"].contains(event.reason)
                    && !event.text.contains("failed to sync")
                    && !event.text.hasPrefix("Unable to attach or mount volumes")
            }
            guard let failure else { continue }
            let message = failure.text
            let text = Redaction.line(message)
            report.find(
                "volume-not-mounted", pod.reference, "A volume of \(pod.reference) cannot be mounted: \(text)",
                [Evidence(object: pod.reference, field: "event FailedMount", value: text, time: failure.lastSeen)])
            if let missing = MissingReference(message, pod: pod) {
                report.suspect(.start, missing.cause(pods: [pod], subject))
            } else if subject.age(pod.metadata.creationTimestamp) ?? 0 > Self.patience {
                suspectVolume(text, subject, into: &report)
            }
            return
        }
    }

    private func suspectVolume(_ text: String, _ subject: Subject, into report: inout Report) {
        let isOutage = Self.outages.contains { text.lowercased().contains($0) }
        let pods = subject.currentPods.filter { !$0.isReady }
        var cause = subject.cause(.volumeNotMounted, "", fault: isOutage ? nil : .volumes, pods: pods)
        let brought = subject.changeWords(cause).map { ", since \($0)" } ?? ""
        cause.summary = "A volume that pods of \(subject.owner) need cannot be mounted\(brought): \(text)"
        report.suspect(.start, cause)
    }
}
