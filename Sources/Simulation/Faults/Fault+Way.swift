import JSON
import Kubernetes

/// Faults of the way to a workload: its Service, the network, names, what it depends on.
extension Fault {
    func injectWay(_ target: FaultTarget, _ world: inout World) {
        let front = world.find(.services, namespace, service)
        switch name {
        case .serviceSelector:
            if let front {
                world.edit(.services, front, as: Self.person) {
                    $0.put(.string("\(service)-typo"), at: "spec", "selector", "app")
                }
            }
        case .serviceTargetPort:
            if let front {
                world.edit(.services, front, as: Self.person) { object in
                    guard var port = object.at("spec", "ports")?[0] else { return }
                    port["targetPort"] = .integer(number("port", 9999))
                    object.put([port], at: "spec", "ports")
                }
            }
        case .serviceDeleted: if let front { world.remove(.services, front) }
        case .networkPolicy:
            _ = world.add(
                .networkPolicies,
                [
                    "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                    "metadata": ["name": "deny-all", "namespace": .string(namespace)],
                    "spec": [
                        "podSelector": ["matchLabels": ["app": .string(service)]], "policyTypes": ["Ingress"],
                    ],
                ], as: "kubectl-create")
        case .dependencyDown: takeDependencyDown(target, &world)
        case .dependencyMissing: depend(on: text("host", "never-was"), target, &world)
        default: break
        }
    }

    /// Another service is scaled to zero, which this one calls.
    private func takeDependencyDown(_ target: FaultTarget, _ world: inout World) {
        let image = target.container["image"]?.stringValue ?? ""
        let known = world.machines.images.image(image)?.program.dependencies.first?.host
        let other =
            parameters["host"]?.stringValue ?? known
            ?? world.all(.deployments, in: namespace).map(\.name).first { $0 != service }
        guard let other, let workload = world.find(.deployments, namespace, other) else { return }
        if known == nil { depend(on: other, target, &world) }
        world.edit(.deployments, workload, as: "kubectl") { $0.put(0, at: "spec", "replicas") }
    }

    private func depend(on host: String, _ target: FaultTarget, _ world: inout World) {
        let change: JSONValue = [service: ["dependsOn": [["host": .string(host), "effect": "unready"]]]].json
        world.edit(target.resource, target.workload, as: "kubectl-client-side-apply") { workload in
            workload.put(
                .string(JSONText.sorted(change)), at: "spec", "template", "metadata", "annotations",
                Program.annotation)
        }
    }
}
