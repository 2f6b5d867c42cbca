/// A PodDisruptionBudget; policy/v1 and v1beta1 agree on these fields.
public struct PodDisruptionBudget: KubernetesObject {
    public static var resource: Resource { .disruptionBudgets }

    public struct Spec: Codable, Hashable, Sendable {
        public var selector: LabelSelector?
        public var minAvailable: IntOrString?
        public var maxUnavailable: IntOrString?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var disruptionsAllowed: Int?
        public var currentHealthy: Int?
        public var desiredHealthy: Int?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
