import JSON
import Kubernetes

/// Faults of what every workload relies on; each may end by itself.
extension Fault {
    func injectOutage(_ target: FaultTarget, _ world: inout World) {
        switch name {
        case .imageRegistryDown:
            // Only who pulls anew suffers: a person's change makes the node do so.
            begin(.registries, &world)
            injectTemplate(target, &world)
        case .dnsDown: begin(.names, &world)
        case .nodeNotReady: for node in nodes(target, world) { begin(.kubelet(node), &world) }
        case .runtimeDown: for node in nodes(target, world) { begin(.runtime(node), &world) }
        default: break
        }
    }

    private func nodes(_ target: FaultTarget, _ world: World) -> [String] {
        Set(target.pods(world).compactMap(\.nodeName)).sorted()
    }

    private func begin(_ what: Outage.What, _ world: inout World) {
        Outage.set(what, isOut: true, &world)
        world.machines.outages.removeAll { $0.what == what }
        guard let seconds = parameters["seconds"]?.intValue else { return }
        world.machines.outages.append(Outage(what: what, end: world.seconds + Double(seconds)))
    }
}
