import Kubernetes

/// The way from the Service to the pods: the Service itself, its selector, its endpoints, its ports.
struct ServiceRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        // A service that answers is in order, however odd it is written.
        guard subject.snapshot.answer?.kind != .ok else { return }
        guard let service = subject.service else {
            suspectDeleted(subject, into: &report)
            return
        }
        guard service.spec.type != "ExternalName", let selector = service.spec.selector, !selector.isEmpty else {
            return
        }
        let wanted = LabelSelector(matchLabels: selector)
        let selected = subject.snapshot.pods.filter { pod in
            !pod.isTerminal && pod.metadata.deletionTimestamp == nil && wanted.matches(pod.metadata.labels ?? [:])
        }
        let ready = selected.filter(\.isReady)
        noteEndpoints(service, ready: ready, subject, into: &report)
        // A selector that the workload's template satisfies is right, even while there is no pod.
        if subject.isGuessed {
            suspectSelector(service, selector, subject, into: &report)
        } else if !ready.isEmpty {
            suspectPorts(service, ready, subject, into: &report)
        }
    }

    private func suspectDeleted(_ subject: Subject, into report: inout Report) {
        let target = subject.snapshot.target
        guard let workload = subject.workload, subject.unread(.services).isEmpty else { return }
        let isAsked =
            target.kind?.lowercased().hasPrefix("s") == true && target.kind?.lowercased().hasPrefix("st") != true
        let isUnresolved = subject.snapshot.answer != nil
        guard target.kind == nil || isAsked else { return }
        report.find(
            "no-service", subject.targetObject,
            "There is no Service named \(target.name) in namespace \(target.namespace), only \(workload.reference).")
        guard isAsked || isUnresolved else { return }
        report.suspect(
            subject.readyPods.isEmpty ? .answer : .way,
            Cause(
                id: .serviceDeleted,
                summary: "Service \(target.name) does not exist, though \(workload.reference) does.",
                object: subject.targetObject))
    }

    private func noteEndpoints(_ service: Service, ready: [Pod], _ subject: Subject, into report: inout Report) {
        guard subject.unread(.endpoints).isEmpty else { return }
        let addresses = subject.endpoints?.subsets?.flatMap { $0.addresses ?? [] } ?? []
        guard addresses.isEmpty else { return }
        let waiting = subject.endpoints?.subsets?.flatMap { $0.notReadyAddresses ?? [] }.count ?? 0
        let object = ObjectReference(kind: "Endpoints", namespace: service.namespace, name: service.name)
        report.find(
            "no-endpoints", object,
            "Service \(service.name) has no ready endpoint" + (waiting > 0 ? " (\(waiting) are not ready)." : "."),
            [
                Evidence(
                    object: object, field: "subsets", value: "0 ready, \(waiting) not ready addresses",
                    time: subject.now)
            ])
    }

    private func suspectSelector(
        _ service: Service, _ selector: [String: String], _ subject: Subject, into report: inout Report
    ) {
        let text = LabelSelector(matchLabels: selector).queryValue
        guard let workload = subject.workload else { return }
        report.find(
            "selector-matches-nothing", service.reference,
            "Service \(service.name) selects \(text), which no pod has.",
            [Evidence(object: service.reference, field: "spec.selector", value: text, time: subject.now)])
        // While the workload has no Ready pods, that is what stands first in the way.
        guard !subject.readyPods.isEmpty || workload.desired == 0, subject.unread(.pods).isEmpty else { return }
        let repair =
            subject.readyPods.isEmpty
            ? nil : SelectorRepair(service: service, workload: workload, subject: subject).repair
        let labels = LabelSelector(matchLabels: workload.podLabels).queryValue
        report.suspect(
            .way,
            Cause(
                id: .serviceSelector,
                summary: "Service \(service.name) selects \(text), but the pods of \(workload.reference) have \(labels)"
                    + (repair == nil ? "; which pods are meant is not certain." : "."),
                object: service.reference, serviceRepair: repair))
    }

    private func suspectPorts(_ service: Service, _ ready: [Pod], _ subject: Subject, into report: inout Report) {
        let ports = service.spec.ports ?? []
        for (index, port) in ports.enumerated() where port.protocol ?? "TCP" == "TCP" {
            let target = port.targetPort ?? .int(port.port)
            guard let doubt = TargetPortDoubt(target, on: ready) else { continue }
            report.find(
                "target-port", service.reference,
                "Port \(port.port) of Service \(service.name) leads to \(target), \(doubt.words).",
                [
                    Evidence(
                        object: service.reference, field: "spec.ports[\(index)].targetPort", value: target.description,
                        time: subject.now)
                ])
            // Another port of the same Service may be the one in use; then only a bad answer convicts this one.
            let isConvicted = ports.count == 1 || subject.snapshot.answer != nil
            guard isConvicted, doubt.explains(subject.snapshot.answer) else { continue }
            let repair = TargetPortRepair(service: service, index: index, pods: ready).repair
            report.suspect(
                .way,
                Cause(
                    id: .serviceTargetPort,
                    summary: "Port \(port.port) of Service \(service.name) leads to \(target), \(doubt.words).",
                    object: service.reference, serviceRepair: repair))
            return
        }
    }
}
