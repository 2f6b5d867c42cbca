import JSON
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

    /// A policy that keeps a pod from asking the cluster's DNS for names; nil where none does for certain.
    static func ofNames(in policies: [NetworkPolicy], for pod: Pod) -> PolicyDoubt? {
        // The DNS lives there itself, and a peer without a namespace may be it.
        guard pod.namespace != "kube-system" else { return nil }
        let isolating = policies.filter {
            $0.types.contains("Egress") && $0.spec.podSelector.matches(pod.metadata.labels ?? [:])
        }
        guard let policy = isolating.first,
            !isolating.flatMap({ $0.spec.egress ?? [] }).contains(where: mayReachNames)
        else { return nil }
        return PolicyDoubt(
            policy: policy, direction: "Egress",
            words: "lets them send to no other namespace on port 53, where the cluster's DNS is asked")
    }

    /// Peers are not resolved: whatever is beyond the namespace's own pods may be the DNS.
    private static func mayReachNames(_ rule: NetworkPolicy.Rule) -> Bool {
        let isBeyond =
            (rule.to ?? []).isEmpty
            || (rule.to ?? []).contains { $0["namespaceSelector"] != nil || $0["ipBlock"] != nil }
        guard isBeyond else { return false }
        guard let ports = rule.ports, !ports.isEmpty else { return true }
        return ports.contains { port in
            // A name of a port is one of the DNS's own pods.
            guard case .int(let number)? = port.port else { return true }
            return (number...max(number, port.endPort ?? number)).contains { [53, 5353].contains($0) }
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
