import Kubernetes

/// Why a Service's target port seems to lead nowhere on the Ready pods behind it.
struct TargetPortDoubt {
    let words: String
    /// A name that no container has: the endpoints controller gives such a pod no address at all.
    private let isUnresolvable: Bool

    /// - Returns: nil when the port is one that the pods declare or are probed at, or when they declare none: then
    ///   nothing speaks against it.
    init?(_ target: IntOrString, on pods: [Pod]) {
        let containers = pods.flatMap(\.spec.containers)
        let declared = Set(containers.flatMap { $0.ports ?? [] }.map(\.containerPort))
        let probed = Set(
            containers.flatMap { container in
                [container.readinessProbe, container.livenessProbe, container.startupProbe]
                    .compactMap { $0?.port }.compactMap { container.number(of: $0) }
            })
        switch target {
        case .string(let name):
            guard !containers.contains(where: { $0.number(of: target) != nil }) else { return nil }
            words = "a port name that no container has (\(name))"
            isUnresolvable = true
        case .int(let number):
            let known = declared.union(probed)
            guard !known.isEmpty, !known.contains(number) else { return nil }
            let list = known.sorted().map(String.init).joined(separator: ", ")
            words = "but the pods serve \(list)"
            isUnresolvable = false
        }
    }

    /// Whether this is how a service with such a port fails. A closed port refuses; it does not keep one waiting, and
    /// whatever answers with an error, or in another protocol, listens.
    func explains(_ answer: ServiceAnswer?) -> Bool {
        switch answer?.kind {
        case nil, .forbidden, .connectionRefused, .connectionReset, .unreachable: true
        case .timeout: isUnresolvable
        case .ok, .nameNotFound, .serverError, .protocolError: false
        }
    }
}
