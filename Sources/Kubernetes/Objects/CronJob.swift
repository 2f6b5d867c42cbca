public import FoundationEssentials

/// A CronJob (batch/v1, before 1.21 batch/v1beta1 with the same fields).
public struct CronJob: KubernetesObject {
    public static var resource: Resource { .cronJobs }

    public struct JobTemplate: Codable, Hashable, Sendable {
        public var spec: Job.Spec
    }
    public struct Spec: Codable, Hashable, Sendable {
        public var schedule: String
        /// Absent: the time zone of the controller, which is UTC but for odd installations.
        public var timeZone: String?
        /// `Allow` (the default), `Forbid` or `Replace`.
        public var concurrencyPolicy: String?
        public var suspend: Bool?
        public var jobTemplate: JobTemplate
    }
    public struct Status: Codable, Hashable, Sendable {
        public var active: [ObjectReference]?
        public var lastScheduleTime: Date?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
