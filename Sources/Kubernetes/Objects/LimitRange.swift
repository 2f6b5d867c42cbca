/// A LimitRange: what one pod, container or claim of a namespace may ask for.
public struct LimitRange: KubernetesObject {
    public static var resource: Resource { .limitRanges }
    public static var mayBeMissing: Bool { true }

    public struct Item: Codable, Hashable, Sendable {
        /// `Container`, `Pod`, `PersistentVolumeClaim`.
        public var type: String
        public var min: [String: String]?
        public var max: [String: String]?
        public var maxLimitRequestRatio: [String: String]?
    }
    public struct Spec: Codable, Hashable, Sendable { public var limits: [Item]? }

    public var metadata: ObjectMeta
    public var spec: Spec?
}
