public import JSON

/// A NetworkPolicy.
public struct NetworkPolicy: KubernetesObject {
    public static var resource: Resource { .networkPolicies }

    public struct Port: Codable, Hashable, Sendable {
        public var `protocol`: String?
        public var port: IntOrString?
        public var endPort: Int?
    }
    /// What one rule lets through; without peers from or to everybody, without ports on every port.
    public struct Rule: Codable, Hashable, Sendable {
        public var from: [JSONValue]?
        public var to: [JSONValue]?
        public var ports: [Port]?
    }
    public struct Spec: Codable, Hashable, Sendable {
        public var podSelector: LabelSelector
        public var policyTypes: [String]?
        public var ingress: [Rule]?
        public var egress: [Rule]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec

    /// `Ingress`, and `Egress` where the policy has such rules, unless it says otherwise itself.
    /// Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
    public var types: [String] { spec.policyTypes ?? (spec.egress == nil ? ["Ingress"] : ["Ingress", "Egress"]) }
}
