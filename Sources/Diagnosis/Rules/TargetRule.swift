import Kubernetes

/// Whether the target is there at all, and whether what tells about it could be read.
struct TargetRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        for unread in subject.snapshot.unread { note(unread, subject, into: &report) }
        suspectMissingRight(subject, into: &report)
        if subject.workload == nil { noteMissing(subject, into: &report) }
        if !subject.leftoverPods.isEmpty { noteLeftovers(subject, into: &report) }
    }

    private func note(_ unread: UnreadResource, _ subject: Subject, into report: inout Report) {
        let place = unread.namespace.map { "in namespace \($0)" } ?? "in the whole cluster"
        let message =
            unread.isForbidden
            ? "Cortex may not \(unread.verb) \(unread.resource) \(place)."
            : "\(unread.resource) \(place) could not be read: \(Redaction.line(unread.message))"
        let object = ObjectReference(kind: "Resource", namespace: unread.namespace, name: unread.resource)
        let evidence = Evidence(
            object: object, field: unread.verb, value: Redaction.line(unread.message), time: subject.now)
        report.find(unread.isForbidden ? "read-forbidden" : "read-failed", object, message, [evidence])
    }

    /// A read without which nothing certain can be said of this target was refused.
    private func suspectMissingRight(_ subject: Subject, into report: inout Report) {
        var needed: [Resource] = [.deployments, .pods, .services, .endpoints]
        if subject.workload == nil { needed += [.statefulSets, .daemonSets] }
        if subject.workload?.reference.kind == .deployment { needed.append(.replicaSets) }
        // A zero may be an autoscaler's will: only its absence, seen, allows to call it an accident.
        if subject.workload?.desired == 0 { needed.append(.autoscalers) }
        let refused = subject.snapshot.unread.filter { unread in
            unread.isForbidden && needed.contains { unread.isOf($0) }
        }
        guard let first = refused.first else { return }
        let rules = refused.map { unread in
            "\(unread.verb) on \(unread.resource)" + (unread.namespace.map { " in namespace \($0)" } ?? "")
        }
        report.suspect(
            .unread,
            Cause(
                id: .forbidden,
                summary: "Cortex is not allowed to see what it needs: it lacks \(rules.joined(separator: ", ")).",
                object: ObjectReference(kind: "Resource", namespace: first.namespace, name: first.resource)))
    }

    private func noteMissing(_ subject: Subject, into report: inout Report) {
        let target = subject.snapshot.target
        if let service = subject.service {
            let selector = LabelSelector(matchLabels: service.spec.selector ?? [:]).queryValue
            let message =
                service.spec.type == "ExternalName"
                ? "Service \(service.name) is another word for "
                    + "\(Redaction.line(service.spec.externalName ?? "", limit: 120))."
                : selector.isEmpty
                    ? "Service \(service.name) has no selector, so no workload of this cluster is behind it."
                    : "No workload in namespace \(target.namespace) has pods that "
                        + "Service \(service.name) selects (\(selector))."
            report.find(
                "no-workload", service.reference, message,
                [Evidence(object: service.reference, field: "spec.selector", value: selector)])
            suspectNothing(service, selector, subject, into: &report)
        } else if subject.snapshot.unread.isEmpty {
            let kind = target.kind ?? "service or workload"
            report.find(
                "not-found", subject.targetObject,
                "There is no \(kind) named \(target.name) in namespace \(target.namespace).")
        } else {
            report.find(
                "not-seen", subject.targetObject,
                "\(target.name) was not seen in namespace \(target.namespace), but not everything could be read.")
        }
    }

    /// The Service is there and what should be behind it is not, nor anything like it.
    private func suspectNothing(
        _ service: Service, _ selector: String, _ subject: Subject, into report: inout Report
    ) {
        guard !selector.isEmpty, service.spec.type != "ExternalName", subject.snapshot.unread.isEmpty else { return }
        let addresses = subject.endpoints?.subsets?.flatMap { $0.addresses ?? [] } ?? []
        guard addresses.isEmpty else { return }
        let last = subject.snapshot.events.filter { event in
            ["Deployment", "StatefulSet", "DaemonSet"].contains(event.involvedObject.kind)
                && event.involvedObject.name == service.name
        }.compactMap(\.lastSeen).max()
        let seen = last.map { "; one of its name was there \(Int(subject.age($0) ?? 0)) s ago" } ?? ""
        report.suspect(
            .count,
            Cause(
                id: .workloadMissing,
                summary: "Nothing runs behind Service \(service.name): no workload has pods with \(selector)\(seen).",
                object: service.reference))
    }

    private func noteLeftovers(_ subject: Subject, into report: inout Report) {
        let pods = subject.leftoverPods
        let evidence = pods.prefix(3).map { pod in
            Evidence(
                object: pod.reference, field: "status.phase",
                value: [pod.status?.phase, pod.status?.reason].compactMap { $0 }.joined(separator: " "),
                time: pod.metadata.creationTimestamp)
        }
        let noun = pods.count == 1 ? "One finished pod lies" : "\(pods.count) finished pods lie"
        report.find("finished-pods", subject.owner, "\(noun) around; they do not matter to the service.", evidence)
    }
}
