import Diagnosis
import JSON
import Kubernetes

/// A Service that was deleted, as Cortex last saw it.
struct RecreateServiceStrategy: Strategy {
    let card = StrategyCard(
        "recreate-service", .repair, .config, "Makes a deleted Service again, as Cortex last saw it.",
        causes: [.serviceDeleted],
        preconditions: [
            "Cortex remembers the Service itself; it never guesses one.",
            "It still selects the pods of one workload, which are Ready.",
            "No GitOps tool, no other object owned it.",
        ],
        steps: ["Create the Service with the selector, ports and type it had, at a new cluster address."],
        verification: "The Service has endpoints, and answers for the settle time.",
        undo: "By hand: kubectl delete service.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        guard
            let service = context.remembered.services.first(where: { service in
                service.name == cause.object.name && service.namespace == cause.object.namespace
            }), let selector = service.spec.selector, !selector.isEmpty, service.metadata.controller == nil,
            GitOps.owner(of: service.metadata) == nil
        else { return nil }
        let subject = Subject(context.snapshot)
        let wanted = LabelSelector(matchLabels: selector)
        guard !subject.readyPods.isEmpty,
            subject.readyPods.allSatisfy({ wanted.matches($0.metadata.labels ?? [:]) })
        else { return nil }
        let write = ClusterWrite(.create(Self.manifest(of: service)), of: cause.object, resource: .services)
        return Plan(
            .repair, cause.object, detail: "Making \(cause.object) again, as it was last seen",
            advice: context.advice(cause), write: write)
    }

    /// What a person would apply: without what the server gives.
    static func manifest(of service: Service) -> JSONValue {
        var spec: [String: JSONValue] = [
            "selector": .object((service.spec.selector ?? [:]).mapValues { .string($0) }),
            "ports": .array((service.spec.ports ?? []).map(port)),
        ]
        if let type = service.spec.type { spec["type"] = .string(type) }
        if service.isHeadless { spec["clusterIP"] = "None" }
        if let affinity = service.spec.sessionAffinity { spec["sessionAffinity"] = .string(affinity) }
        if let policy = service.spec.externalTrafficPolicy { spec["externalTrafficPolicy"] = .string(policy) }
        if let publishes = service.spec.publishNotReadyAddresses { spec["publishNotReadyAddresses"] = .bool(publishes) }
        var metadata: [String: JSONValue] = [
            "name": .string(service.name), "namespace": .string(service.namespace),
        ]
        if let labels = service.metadata.labels { metadata["labels"] = .object(labels.mapValues { .string($0) }) }
        if let marks = service.metadata.annotations {
            metadata["annotations"] = .object(marks.mapValues { .string($0) })
        }
        return ["apiVersion": "v1", "kind": "Service", "metadata": .object(metadata), "spec": .object(spec)]
    }

    private static func port(_ port: Service.Port) -> JSONValue {
        var value: [String: JSONValue] = ["port": .integer(Int64(port.port))]
        if let name = port.name { value["name"] = .string(name) }
        if let target = port.targetPort { value["targetPort"] = target.json }
        if let protocolName = port.protocol { value["protocol"] = .string(protocolName) }
        if let node = port.nodePort { value["nodePort"] = .integer(Int64(node)) }
        if let application = port.appProtocol { value["appProtocol"] = .string(application) }
        return .object(value)
    }
}
