/// A ReplicaSet: one revision of a Deployment, or on its own.
public struct ReplicaSet: KubernetesObject {
    public static var resource: Resource { .replicaSets }

    public struct Spec: Codable, Hashable, Sendable {
        public var replicas: Int?
        public var selector: LabelSelector
        public var template: PodTemplate?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var observedGeneration: Int64?
        public var replicas: Int?
        public var readyReplicas: Int?
        public var availableReplicas: Int?
        public var fullyLabeledReplicas: Int?
        public var conditions: [Condition]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?

    public var revision: Int? { metadata.annotations?["deployment.kubernetes.io/revision"].flatMap { Int($0) } }
    /// `deployment.kubernetes.io/desired-replicas`: the Deployment's count when this revision was last scaled up.
    public var desiredReplicas: Int? {
        metadata.annotations?["deployment.kubernetes.io/desired-replicas"].flatMap { Int($0) }
    }
}
