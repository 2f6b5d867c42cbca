/// A StatefulSet.
public struct StatefulSet: KubernetesObject {
    public static var resource: Resource { .statefulSets }

    public struct Spec: Codable, Hashable, Sendable {
        public var replicas: Int?
        public var selector: LabelSelector
        public var template: PodTemplate
        public var updateStrategy: UpdateStrategy?
        public var serviceName: String?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var observedGeneration: Int64?
        public var replicas: Int?
        public var readyReplicas: Int?
        public var updatedReplicas: Int?
        public var availableReplicas: Int?
        public var currentRevision: String?
        public var updateRevision: String?
        public var conditions: [Condition]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
