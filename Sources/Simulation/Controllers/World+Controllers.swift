import JSON
import Kubernetes

/// How controllers read and write the world.
extension World {
    /// Puts the control plane and the kubelets into the world; without it only its API lives.
    public mutating func startControllers() {
        controllers = [
            NodeLifecycle(), KeyedLoop(DeploymentController()), KeyedLoop(ReplicaSetController()),
            KeyedLoop(StatefulSetController()), KeyedLoop(DaemonSetController()), KeyedLoop(JobController()),
            KeyedLoop(CronJobController()), KeyedLoop(ClaimBinder()), Scheduler(), Kubelet(),
            KeyedLoop(EndpointsController()), KeyedLoop(DisruptionController()), KeyedLoop(AutoscalerController()),
            KeyedLoop(QuotaController()),
            GarbageCollector(), OutageController(),
        ]
    }

    /// Events of the same kind about the same object become one with a count.
    mutating func tell(
        _ object: JSONValue, _ resource: Resource, _ reason: String, _ message: String, isWarning: Bool = false,
        from component: String, host: String? = nil, at time: Double? = nil
    ) {
        EventWriter.write(
            .init(
                object: object, resource: resource, reason: reason, message: message, isWarning: isWarning,
                component: component, host: host, at: time ?? seconds), &self)
    }

    func address(ofNode name: String) -> String {
        let addresses = find(.nodes, nil, name)?.at("status", "addresses")?.arrayValue
        return addresses?.first { $0["type"] == "InternalIP" }?["address"]?.stringValue ?? "10.99.0.2"
    }

    /// Looks at pods again as if they had changed.
    mutating func renotice(_ pods: [JSONValue]) { machines.toNotice += pods.map { ObjectKey($0) } }

    /// What a pod uses now: cores and bytes.
    public func usage(ofPod uid: String) -> (cpu: Double, memory: Double) {
        guard let runtime = machines.pods[uid] else { return (0, 0) }
        let processes = runtime.containers.compactMap(\.process)
        return (
            processes.map(\.program.cpu).reduce(0, +),
            processes.map { $0.program.memory.bytes(at: max(0, seconds - $0.begunAt)) }.reduce(0, +)
        )
    }

    /// A container's log, oldest line first; nil when there is no such container.
    func log(
        ofPod uid: String, container: String, previous: Bool = false
    ) -> [(at: Double, text: String)]? {
        guard let found = machines.pods[uid]?.containers.first(where: { $0.plan.name == container }) else { return nil }
        return (previous ? found.previousLog : found.log).map { ($0.at, $0.text) }
    }
}
