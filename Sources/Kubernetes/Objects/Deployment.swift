/// A Deployment.
public struct Deployment: KubernetesObject {
    public static var resource: Resource { .deployments }

    public struct Strategy: Codable, Hashable, Sendable {
        public struct RollingUpdate: Codable, Hashable, Sendable {
            public var maxUnavailable: IntOrString?
            public var maxSurge: IntOrString?
        }
        public var type: String?
        public var rollingUpdate: RollingUpdate?
    }
    public struct Spec: Codable, Hashable, Sendable {
        public var replicas: Int?
        public var selector: LabelSelector
        public var template: PodTemplate
        public var strategy: Strategy?
        public var minReadySeconds: Int?
        public var progressDeadlineSeconds: Int?
        public var revisionHistoryLimit: Int?
        public var paused: Bool?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var observedGeneration: Int64?
        public var replicas: Int?
        public var updatedReplicas: Int?
        public var readyReplicas: Int?
        public var availableReplicas: Int?
        public var unavailableReplicas: Int?
        public var conditions: [Condition]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?

    /// `deployment.kubernetes.io/revision`.
    public var revision: Int? { metadata.annotations?["deployment.kubernetes.io/revision"].flatMap { Int($0) } }
}
