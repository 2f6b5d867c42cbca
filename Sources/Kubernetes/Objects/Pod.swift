public import FoundationEssentials

/// A pod.
public struct Pod: KubernetesObject {
    public static var resource: Resource { .pods }

    public struct Status: Codable, Hashable, Sendable {
        public var phase: String?
        public var reason: String?
        public var message: String?
        public var podIP: String?
        public var startTime: Date?
        public var conditions: [Condition]?
        public var containerStatuses: [ContainerStatus]?
        public var initContainerStatuses: [ContainerStatus]?
    }

    public var metadata: ObjectMeta
    public var spec: PodSpec
    public var status: Status?

    /// Ready, and not on its way out.
    public var isReady: Bool {
        metadata.deletionTimestamp == nil && (status?.conditions?.first { $0.type == "Ready" }?.isTrue ?? false)
    }

    /// Finished for good: its phase is Succeeded or Failed.
    public var isTerminal: Bool { status?.phase == "Succeeded" || status?.phase == "Failed" }
}

/// The state of one container of a pod.
public struct ContainerStatus: Codable, Hashable, Sendable {
    public struct State: Codable, Hashable, Sendable {
        public struct Waiting: Codable, Hashable, Sendable {
            public var reason: String?
            public var message: String?
        }
        public struct Running: Codable, Hashable, Sendable { public var startedAt: Date? }
        public struct Terminated: Codable, Hashable, Sendable {
            public var exitCode: Int
            public var signal: Int?
            public var reason: String?
            public var message: String?
            public var startedAt: Date?
            public var finishedAt: Date?

            /// How long it ran, in seconds; 0 for one that never did, whose start the runtime gives as 1970.
            public var lifetime: Double {
                guard let startedAt, let finishedAt, startedAt.timeIntervalSince1970 > 0 else { return 0 }
                return max(0, finishedAt.timeIntervalSince(startedAt))
            }
        }
        public var waiting: Waiting?
        public var running: Running?
        public var terminated: Terminated?
    }
    public var name: String
    public var ready: Bool
    public var started: Bool?
    public var restartCount: Int
    public var image: String?
    public var imageID: String?
    public var state: State?
    public var lastState: State?
}
