/// A claim that one process holds and renews (coordination.k8s.io/v1).
/// Source: https://kubernetes.io/docs/concepts/architecture/leases/
public struct Lease: KubernetesObject {
    public static var resource: Resource { .leases }

    public struct Spec: Codable, Hashable, Sendable {
        public var holderIdentity: String?
        /// In seconds, from the last renewal on.
        public var leaseDurationSeconds: Int?
        /// How often it went from one holder to another.
        public var leaseTransitions: Int?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
}
