/// A HorizontalPodAutoscaler (autoscaling/v1, which every supported version serves).
public struct HorizontalPodAutoscaler: KubernetesObject {
    public static var resource: Resource { .autoscalers }

    public struct Target: Codable, Hashable, Sendable {
        public var apiVersion: String?
        public var kind: String
        public var name: String
    }
    public struct Spec: Codable, Hashable, Sendable {
        public var scaleTargetRef: Target
        public var minReplicas: Int?
        public var maxReplicas: Int
        public var targetCPUUtilizationPercentage: Int?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var currentReplicas: Int?
        public var desiredReplicas: Int?
        public var currentCPUUtilizationPercentage: Int?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
