import JSON
import Kubernetes

/// A small cluster with its services, ready to be simulated.
public struct Homelab: Sendable {
    public var services: [ServiceSpec]
    public var nodes: [String]

    public init(services: [ServiceSpec], nodes: [String] = ["node1"]) {
        self.services = services
        self.nodes = nodes
    }

    /// `count` alike services, every fifth of which calls the one before it.
    /// - Parameter nodes: nil for as many as their pods need.
    public static func uniform(services count: Int, replicas: Int, nodes: Int? = nil) -> Homelab {
        let nodes = nodes ?? (count * replicas + 99) / 100
        let services = (0..<count).map { index -> ServiceSpec in
            let name = "service-\(padded(index + 1))"
            var program = Program(readyAfter: 1, log: ["\(name) starts"])
            if index % 5 == 4 {
                program.dependencies = [.init(host: "service-\(padded(index))", port: 3000, effect: .unready)]
            }
            return ServiceSpec(name, replicas: replicas, program: program)
        }
        return Homelab(services: services, nodes: (1...max(1, nodes)).map { "node\($0)" })
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// The world with all of it in place; nothing runs yet: `step(until:)` brings it up.
    public func world(seed: UInt64, epoch: Double = 1_767_225_600) -> World {
        var world = World(seed: seed, epoch: epoch)
        install(in: &world)
        return world
    }

    /// Puts nodes, namespaces and services into a world.
    public func install(in world: inout World) {
        world.startControllers()
        for name in nodes { put(Self.node(name), .nodes, &world) }
        let spaces = ["default", "kube-system", "kube-public", "kube-node-lease"] + services.map(\.namespace)
        var known: Set<String> = []
        for name in spaces where known.insert(name).inserted { Self.putNamespace(name, &world) }
        for (index, service) in services.enumerated() {
            world.machines.images.images[service.image] = .init(program: service.program)
            put(service.object, service.resource, &world)
            put(service.service(address: "10.43.\(index / 250).\(index % 250 + 10)"), .services, &world)
        }
    }

    private func put(_ object: JSONValue, _ resource: Resource, _ world: inout World) {
        if case .failure(let refusal) = world.add(resource, object, as: "kubectl-client-side-apply") {
            preconditionFailure("\(resource.kind) \(object.name) of the homelab is refused: \(refusal)")
        }
    }

    static func putNamespace(_ name: String, _ world: inout World) {
        _ = world.add(
            .namespaces,
            [
                "apiVersion": "v1", "kind": "Namespace", "spec": ["finalizers": ["kubernetes"]],
                "metadata": ["name": .string(name), "labels": ["kubernetes.io/metadata.name": .string(name)]],
                "status": ["phase": "Active"],
            ], as: "kubectl-create")
        _ = world.add(
            .serviceAccounts,
            [
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": ["name": "default", "namespace": .string(name)],
            ], as: "kube-controller-manager")
    }

    static func node(_ name: String) -> JSONValue {
        let resources: JSONValue = ["cpu": "4", "memory": "16Gi", "pods": "110", "ephemeral-storage": "100Gi"]
        func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> JSONValue {
            [
                "type": .string(type), "status": .string(status), "reason": .string(reason),
                "message": .string(message),
            ]
        }
        return [
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": .string(name),
                "labels": [
                    "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": "amd64",
                ],
            ],
            "spec": ["podCIDR": "10.42.0.0/16"],
            "status": [
                "capacity": resources, "allocatable": resources,
                "addresses": [
                    ["type": "InternalIP", "address": .string("10.99.0.\(name.last?.wholeNumberValue ?? 1)")],
                    ["type": "Hostname", "address": .string(name)],
                ],
                "nodeInfo": [
                    "kubeletVersion": "v1.20.2", "osImage": "Cortex simulated node", "architecture": "amd64",
                    "operatingSystem": "linux", "containerRuntimeVersion": "containerd://1.6.20",
                    "kernelVersion": "6.1.0", "kubeProxyVersion": "v1.20.2", "bootID": "", "machineID": "",
                    "systemUUID": "",
                ],
                "conditions": [
                    condition(
                        "MemoryPressure", "False", "KubeletHasSufficientMemory",
                        "kubelet has sufficient memory available"),
                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                    condition(
                        "PIDPressure", "False", "KubeletHasSufficientPID",
                        "kubelet has sufficient PID available"),
                    condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
                ],
            ],
        ]
    }
}

extension Resource {
    static let serviceAccounts = Resource(plural: "serviceaccounts", kind: "ServiceAccount")
}
