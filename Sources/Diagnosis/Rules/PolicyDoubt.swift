import Kubernetes

/// A policy that keeps some traffic from a pod that no other policy lets through for everybody.
struct PolicyDoubt {
    var policy: NetworkPolicy
    var direction: String
    var words: String

    /// Policies add up: what one of them admits, none denies.
    static func all(in policies: [NetworkPolicy], for pod: Pod) -> [PolicyDoubt] {
        let selecting = policies.filter { $0.spec.podSelector.matches(pod.metadata.labels ?? [:]) }
        return ["Ingress", "Egress"].flatMap { direction -> [PolicyDoubt] in
            let isolating = selecting.filter { $0.types.contains(direction) }
            func rules(_ policy: NetworkPolicy) -> [NetworkPolicy.Rule] {
                (direction == "Ingress" ? policy.spec.ingress : policy.spec.egress) ?? []
            }
            guard !isolating.flatMap(rules).contains(where: { admitsEverybody($0, pod) }) else { return [] }
            let way = direction == "Ingress" ? "to" : "from"
            return isolating.map { policy in
                let words =
                    rules(policy).isEmpty
                    ? "lets no traffic \(way) them" : "lets only the traffic \(way) them that it lists"
                return PolicyDoubt(policy: policy, direction: direction, words: words)
            }
        }
    }

    private static func admitsEverybody(_ rule: NetworkPolicy.Rule, _ pod: Pod) -> Bool {
        guard (rule.from ?? []).isEmpty, (rule.to ?? []).isEmpty else { return false }
        guard let ports = rule.ports, !ports.isEmpty else { return true }
        let declared = pod.spec.containers.flatMap { $0.ports ?? [] }
        return ports.contains { port in
            guard port.protocol ?? "TCP" == "TCP" else { return false }
            return switch port.port {
            case nil: true
            case .string(let name): declared.contains { $0.name == name }
            case .int(let number):
                declared.contains { (number...max(number, port.endPort ?? number)).contains($0.containerPort) }
            }
        }
    }
}
