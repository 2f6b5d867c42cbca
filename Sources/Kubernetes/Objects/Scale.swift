/// The `scale` subresource of a workload (autoscaling/v1): its size, without the rest of it.
public struct Scale: Codable, Hashable, Sendable {
    public struct Spec: Codable, Hashable, Sendable {
        public var replicas: Int?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var replicas: Int?
        /// As a label selector's query value.
        public var selector: String?
    }
    public var metadata: ObjectMeta
    /// `replicas` is absent at zero.
    public var spec: Spec?
    public var status: Status?

    public var replicas: Int { spec?.replicas ?? 0 }
}
