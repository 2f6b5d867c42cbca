public import FoundationEssentials

/// A Job (batch/v1).
public struct Job: KubernetesObject {
    public static var resource: Resource { .jobs }

    public struct Spec: Codable, Hashable, Sendable {
        public var parallelism: Int?
        public var completions: Int?
        public var backoffLimit: Int?
        public var suspend: Bool?
        public var template: PodTemplate
    }
    public struct Status: Codable, Hashable, Sendable {
        public var active: Int?
        public var succeeded: Int?
        public var failed: Int?
        public var startTime: Date?
        public var completionTime: Date?
        public var conditions: [Condition]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?

    /// The condition of this type where it holds: `Complete`, `Failed`, `Suspended`.
    public func condition(_ type: String) -> Condition? {
        status?.conditions?.first { $0.type == type && $0.isTrue }
    }

    /// It has come to its end, good or bad.
    public var isFinished: Bool { condition("Complete") != nil || condition("Failed") != nil }
}
