/// A DaemonSet.
public struct DaemonSet: KubernetesObject {
    public static var resource: Resource { .daemonSets }

    public struct Spec: Codable, Hashable, Sendable {
        public var selector: LabelSelector
        public var template: PodTemplate
        public var updateStrategy: UpdateStrategy?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var observedGeneration: Int64?
        public var desiredNumberScheduled: Int?
        public var updatedNumberScheduled: Int?
        public var numberReady: Int?
        public var numberUnavailable: Int?
        public var conditions: [Condition]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
