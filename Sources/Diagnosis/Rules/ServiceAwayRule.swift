import Kubernetes

/// A Service that leads past its pods: to another name, to addresses made by hand, or in another protocol.
struct ServiceAwayRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard subject.snapshot.answer?.kind != .ok, let service = subject.service else { return }
        suspectPort(service, subject, into: &report)
        if service.spec.type == "ExternalName" {
            suspectAlias(service, subject, into: &report)
        } else if (service.spec.selector ?? [:]).isEmpty {
            suspectAddresses(service, subject, into: &report)
        } else {
            suspectProtocol(service, subject, into: &report)
        }
    }

    /// What is asked at another port than the Service has gets no answer, however well the pods are. One without an
    /// address of its own has every port that its pods have.
    private func suspectPort(_ service: Service, _ subject: Subject, into report: inout Report) {
        let ports = (service.spec.ports ?? []).map(\.port)
        guard let asked = subject.snapshot.askedPort, !ports.isEmpty, !ports.contains(asked),
            service.spec.type != "ExternalName", service.spec.clusterIP != "None"
        else { return }
        let list = ports.map(String.init).joined(separator: ", ")
        report.find(
            "no-such-port", service.reference,
            "Service \(service.name) was asked at port \(asked), and has only \(list).",
            [
                Evidence(
                    object: service.reference, field: "spec.ports[].port", value: list, time: service.lastChange)
            ])
        guard subject.workload == nil || !subject.readyPods.isEmpty else { return }
        report.suspect(
            .way,
            Cause(
                id: .servicePort,
                summary: "Service \(service.name) is asked at port \(asked), which it does not have; it has \(list).",
                object: service.reference))
    }

    private func suspectAlias(_ service: Service, _ subject: Subject, into report: inout Report) {
        let name = Redaction.line(service.spec.externalName ?? "", limit: 120)
        let evidence = Evidence(
            object: service.reference, field: "spec.externalName", value: name, time: service.lastChange)
        report.find(
            "external-name", service.reference,
            "Service \(service.name) is only another word for \(name); no pod of this cluster is behind it.", [evidence]
        )
        // Somebody may want it so, with a workload of that name beside it, as long as it answers.
        guard subject.snapshot.answer != nil else { return }
        suspect("leads to the name \(name)", service, subject, into: &report)
    }

    private func suspectAddresses(_ service: Service, _ subject: Subject, into report: inout Report) {
        guard subject.unread(.endpoints).isEmpty, subject.unread(.pods).isEmpty else { return }
        let addresses = (subject.endpoints?.subsets ?? []).flatMap { $0.addresses ?? [] }.map(\.ip)
        let own = Set(subject.snapshot.pods.filter { !$0.isTerminal }.compactMap(\.status?.podIP))
        let list = addresses.isEmpty ? "none" : addresses.prefix(3).joined(separator: ", ")
        report.find(
            "no-selector", service.reference,
            "Service \(service.name) has no selector; its addresses (\(list)) are made by hand and follow no pod.",
            [
                Evidence(
                    object: service.reference, field: "spec.selector", value: "none", time: service.lastChange),
                Evidence(
                    object: ObjectReference(kind: "Endpoints", namespace: service.namespace, name: service.name),
                    field: "subsets", value: list),
            ])
        let isStale = !addresses.isEmpty && own.isDisjoint(with: addresses)
        guard addresses.isEmpty || isStale && subject.snapshot.answer != nil else { return }
        suspect(
            addresses.isEmpty
                ? "has no selector and no addresses"
                : "has no selector, and leads to addresses that no pod has (\(list))",
            service, subject, into: &report)
    }

    private func suspect(_ what: String, _ service: Service, _ subject: Subject, into report: inout Report) {
        // The workload was found by its name; while it has no Ready pods, that is what stands first in the way.
        let workload = subject.workload
        let pods =
            workload.map { !subject.readyPods.isEmpty ? ", and past the Ready pods of \($0.reference)" : "" } ?? ""
        report.suspect(
            workload == nil || !subject.readyPods.isEmpty ? .way : .answer,
            Cause(
                id: .serviceElsewhere, summary: "Service \(service.name) \(what)\(pods).", object: service.reference))
    }

    /// A port of the Service in a protocol that no container speaks on its target.
    private func suspectProtocol(_ service: Service, _ subject: Subject, into report: inout Report) {
        guard subject.workload != nil, !subject.readyPods.isEmpty else { return }
        let containers = subject.readyPods.flatMap(\.spec.containers)
        for (index, port) in (service.spec.ports ?? []).enumerated() {
            let spoken = port.protocol ?? "TCP"
            let target = port.targetPort ?? .int(port.port)
            let declared = containers.flatMap { container in
                (container.ports ?? []).filter { .string($0.name ?? "") == target || .int($0.containerPort) == target }
            }.map { $0.protocol ?? "TCP" }
            let probed = containers.contains { container in
                [container.readinessProbe, container.livenessProbe].contains { probe in
                    probe?.port.flatMap { container.number(of: $0) } == container.number(of: target)
                        && probe?.port != nil
                }
            }
            let offered = Set(declared + (probed ? ["TCP"] : []))
            guard !offered.isEmpty, !offered.contains(spoken) else { continue }
            let words = offered.sorted().joined(separator: " and ")
            report.find(
                "service-protocol", service.reference,
                "Port \(port.port) of Service \(service.name) is \(spoken), and the pods serve \(words) there.",
                [
                    Evidence(
                        object: service.reference, field: "spec.ports[\(index)].protocol", value: spoken,
                        time: service.lastChange)
                ])
            report.suspect(
                .way,
                Cause(
                    id: .serviceProtocol,
                    summary: "Port \(port.port) of Service \(service.name) is \(spoken), but the pods of "
                        + "\(subject.owner) serve \(words) at \(target).", object: service.reference))
            return
        }
    }
}
