/// A claim for a volume.
public struct PersistentVolumeClaim: KubernetesObject {
    public static var resource: Resource { .claims }

    public struct Spec: Codable, Hashable, Sendable {
        public var storageClassName: String?
        public var volumeName: String?
    }
    public struct Status: Codable, Hashable, Sendable {
        /// `Pending`, `Bound` or `Lost`.
        public var phase: String?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
