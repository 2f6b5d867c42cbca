import Kubernetes

/// The port that a Service's port was most likely meant to lead to.
struct TargetPortRepair {
    let service: Service
    let index: Int
    let pods: [Pod]

    /// In this order: the container port named like the Service's port, the only container port, the port that the
    /// readiness probe proves to be served. Nil when none of them is on every Ready pod.
    var repair: ServiceRepair? {
        guard let ports = service.spec.ports, ports.indices.contains(index) else { return nil }
        let port = ports[index]
        var candidates: [IntOrString] = []
        if let name = port.name { candidates.append(.string(name)) }
        if let only = onlyPort { candidates.append(only) }
        if let probed = probedPort { candidates.append(probed) }
        let chosen = candidates.first { candidate in
            candidate != port.targetPort && pods.allSatisfy { serves($0, candidate) }
        }
        return chosen.map { .targetPort(index: index, port: $0) }
    }

    private var onlyPort: IntOrString? {
        let all = Set(
            pods.flatMap(\.spec.containers).flatMap { $0.ports ?? [] }.filter { $0.protocol ?? "TCP" == "TCP" })
        guard all.count == 1, let port = all.first else { return nil }
        return port.name.map { .string($0) } ?? .int(port.containerPort)
    }

    private var probedPort: IntOrString? {
        let all = Set(pods.flatMap(\.spec.containers).compactMap { $0.readinessProbe?.port })
        return all.count == 1 ? all.first : nil
    }

    private func serves(_ pod: Pod, _ port: IntOrString) -> Bool {
        pod.spec.containers.contains { container in
            switch port {
            case .string: container.number(of: port) != nil
            case .int(let number):
                (container.ports ?? []).contains { $0.containerPort == number }
                    || container.readinessProbe?.port == port
            }
        }
    }
}
