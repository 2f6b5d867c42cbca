public import JSON
import Kubernetes

/// One fault at one service, with its parameters.
public struct Fault: Hashable, Sendable {
    public var name: FaultName
    public var namespace: String
    public var service: String
    /// Changes what the fault uses where it has a choice: `FaultName.parameters`.
    public var parameters: [String: JSONValue]

    public init(_ name: FaultName, at service: String, in namespace: String, parameters: [String: JSONValue] = [:]) {
        self.name = name
        self.namespace = namespace
        self.service = service
        self.parameters = parameters
    }

    func text(_ parameter: String, _ standard: String) -> String {
        parameters[parameter]?.stringValue ?? standard
    }

    func number(_ parameter: String, _ standard: Int) -> Int { parameters[parameter]?.intValue ?? standard }

    /// Who does it, as `managedFields` names a person.
    static let person = "kubectl-edit"

    /// - Returns: why it cannot be done; nil once it was done.
    public func inject(into world: inout World) -> String? {
        guard let target = FaultTarget(self, world) else {
            return "there is no workload \(service) in namespace \(namespace)"
        }
        if let why = target.unfitness(for: name) { return why }
        switch name {
        case .healthy: break
        case .scaledToZero, .zeroOnPurpose, .podDeleted, .noise, .podFailedLeftover, .hang, .pdbBlocks, .flapping,
            .massFailure, .forbidden, .hpaOwnsReplicas:
            injectState(target, &world)
        case .serviceSelector, .serviceTargetPort, .serviceDeleted, .networkPolicy, .dependencyDown,
            .dependencyMissing:
            injectWay(target, &world)
        case .taint, .nodeFull, .quotaExceeded, .limitRange, .webhookDown, .hpaMaxed, .hpaBlind, .diskPressure,
            .nodeDrained, .controlPlaneSlow, .controlPlaneGone:
            injectCluster(target, &world)
        case .imageRegistryDown, .dnsDown, .nodeNotReady, .runtimeDown: injectOutage(target, &world)
        case .jobFailed, .jobCompleted, .cronJobBlocked, .suspended: injectJob(target, &world)
        default: injectTemplate(target, &world)
        }
        world.machines.mustReconsider = true
        return nil
    }
}

/// The objects that a fault touches.
struct FaultTarget {
    let resource: Resource
    let workload: JSONValue
    let container: JSONValue

    init?(_ fault: Fault, _ world: World) {
        for resource in [Resource.deployments, .statefulSets, .daemonSets] {
            guard let found = world.find(resource, fault.namespace, fault.service) else { continue }
            self.resource = resource
            workload = found
            container = found.at("spec", "template", "spec", "containers")?[0] ?? [:]
            return
        }
        return nil
    }

    /// Why a fault of one kind of workload cannot be shown here; nil when it can.
    func unfitness(for fault: FaultName) -> String? {
        let needed: Resource
        switch fault {
        case .statefulSetStuck: needed = .statefulSets
        case .daemonSetStuck: needed = .daemonSets
        default: return nil
        }
        guard resource != needed else { return nil }
        return "\(fault.rawValue) needs a \(needed.kind), and \(workload.name) is a \(resource.kind)"
    }

    func pods(_ world: World) -> [JSONValue] {
        let labels = workload.at("spec", "selector")
        return world.all(.pods, in: workload.namespace).filter {
            LabelMatch.selector(labels, $0.labels) && !$0.isBeingDeleted
        }
    }
}
