/// A ResourceQuota: what a namespace may hold in all.
public struct ResourceQuota: KubernetesObject {
    public static var resource: Resource { .resourceQuotas }
    public static var mayBeMissing: Bool { true }

    public struct Spec: Codable, Hashable, Sendable { public var hard: [String: String]? }
    public struct Status: Codable, Hashable, Sendable {
        public var hard: [String: String]?
        public var used: [String: String]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec?
    public var status: Status?
}
