/// A PodDisruptionBudget (policy/v1, before 1.21 policy/v1beta1 with the same fields).
public struct PodDisruptionBudget: KubernetesObject {
    public static var resource: Resource { .budgets }

    public struct Spec: Codable, Hashable, Sendable {
        public var minAvailable: IntOrString?
        public var maxUnavailable: IntOrString?
        public var selector: LabelSelector?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var disruptionsAllowed: Int?
        public var currentHealthy: Int?
        public var desiredHealthy: Int?
        public var expectedPods: Int?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
