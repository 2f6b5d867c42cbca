import Diagnosis
import Kubernetes

/// A Service that misses its pods.
struct RepairServiceStrategy: Strategy {
    let card = StrategyCard(
        "repair-service", .repair, .config, "Makes a Service's selector or target port match its pods again.",
        causes: [.serviceSelector, .serviceTargetPort],
        preconditions: [
            "The pods that are meant are Ready and beyond doubt: the Service's namesake, or one value off.",
            "No GitOps tool owns the Service.",
        ],
        steps: ["Patch the one field, bound to the version that was seen."],
        verification: "The Service has endpoints, and answers for the settle time.",
        undo: "The old value is written back when the service does not answer with the new one.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        guard let repair = cause.serviceRepair,
            let service = context.snapshot.services.first(where: { $0.name == cause.object.name })
        else { return nil }
        let change: ClusterWrite.Change
        let back: ClusterWrite.Change?
        switch repair {
        case .selector(let selector):
            change = .selector(selector)
            back = .selector(service.spec.selector ?? [:])
        case .targetPort(let index, let port):
            change = .targetPort(index: index, port)
            let old = service.spec.ports?[index].targetPort
            back = old.map { .targetPort(index: index, $0) }
        }
        let write = ClusterWrite(change, of: service.reference, resource: .services)
        return Plan(
            .repair, service.reference, detail: "Repairing \(service.reference): \(write.intention)",
            advice: ClusterWrite.kubectl(repair, of: service.reference), write: write,
            undo: back.map { ClusterWrite($0, of: service.reference, resource: .services) })
    }
}
