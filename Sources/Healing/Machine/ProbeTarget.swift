public import Diagnosis
import Kubernetes

/// Where a service, or one pod behind it, can be asked, as its objects say.
public struct ProbeTarget: Hashable, Sendable {
    /// One pod behind the service.
    public struct PodAddress: Hashable, Sendable {
        public var name: String
        public var ip: String
        public var port: Int
    }
    /// Whether it is a Service that leads to no pods of its own and names no port, as an ExternalName may: it is there,
    /// and nothing proves it.
    public var isUnprovable: Bool
    /// The Service's first TCP port, or the one named `mcp`; nil without a Service, and for one that speaks only UDP
    /// or SCTP.
    public var port: Int?
    /// The path of the HTTP readiness probe of the pods behind it; nil when they have none at the port that the
    /// Service sends requests to.
    public var path: String?
    /// Ready pods, each with the port that the Service sends requests to.
    public var pods: [PodAddress]

    public init(service name: String, in snapshot: Snapshot) {
        let service = snapshot.services.first { $0.name == name }
        let ports = (service?.spec.ports ?? []).filter { $0.protocol ?? "TCP" == "TCP" }
        let port = ports.first { $0.name == "mcp" } ?? ports.first
        self.port = port?.port
        isUnprovable = service.map { $0.spec.ports?.isEmpty != false && $0.spec.selector?.isEmpty != false } ?? false
        let selector = LabelSelector(matchLabels: service?.spec.selector)
        let behind = snapshot.pods.filter { pod in
            service?.spec.selector?.isEmpty == false && selector.matches(pod.metadata.labels ?? [:]) && pod.isReady
        }
        path = behind.first.flatMap { pod in
            let target = port.flatMap { Self.number(of: $0.targetPort ?? .int($0.port), in: pod) }
            let probes = pod.spec.containers.compactMap { $0.readinessProbe?.httpGet }
            return probes.first { Self.number(of: $0.port, in: pod) == target }?.path
        }
        pods = behind.compactMap { pod in
            guard let ip = pod.status?.podIP, let port else { return nil }
            return Self.number(of: port.targetPort ?? .int(port.port), in: pod).map {
                PodAddress(name: pod.name, ip: ip, port: $0)
            }
        }
    }

    private static func number(of port: IntOrString, in pod: Pod) -> Int? {
        switch port {
        case .int(let number): number
        case .string(let name):
            pod.spec.containers.flatMap { $0.ports ?? [] }.first { $0.name == name }?.containerPort
        }
    }
}
