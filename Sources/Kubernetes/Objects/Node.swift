/// A node.
public struct Node: KubernetesObject {
    public static var resource: Resource { .nodes }

    public struct Taint: Codable, Hashable, Sendable {
        public var key: String
        public var value: String?
        public var effect: String
    }
    public struct Spec: Codable, Hashable, Sendable {
        public var unschedulable: Bool?
        public var taints: [Taint]?
    }
    public struct Status: Codable, Hashable, Sendable {
        public var conditions: [Condition]?
        public var allocatable: [String: String]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec?
    public var status: Status?

    /// The condition of this type where it holds: `DiskPressure`, `MemoryPressure`.
    public func condition(_ type: String) -> Condition? {
        status?.conditions?.first { $0.type == type && $0.isTrue }
    }

    public var isReady: Bool { status?.conditions?.first { $0.type == "Ready" }?.isTrue ?? false }
}
