/// Something that a watch shows and that does not look right. It becomes an incident when it lasts, and when a look at
/// the cluster finds a fault behind it.
public struct Symptom: Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case zeroReplicas = "zero-replicas"
        case notStarting = "not-starting"
        case crashing
        case unschedulable
        case refused
        case stuck
        case unready
        case missing
        case noEndpoints = "no-endpoints"
        /// A Job that gave up.
        case failed
        /// Everything looks fine, and the service does not answer when it is asked.
        case silent
        case serviceDeleted = "service-deleted"
        /// No symptom by itself: a Service was changed, and one question to it tells whether it still leads somewhere.
        case serviceChanged = "service-changed"
        /// An autoscaler wants more than its maximum.
        case scalingLimited = "scaling-limited"
        /// An autoscaler cannot see what it scales by, or may not scale.
        case scalingBlind = "scaling-blind"
        /// A CronJob's run does not end and forbids the next ones.
        case runsMissed = "runs-missed"
        /// A node under its pods is not ready.
        case nodeDown = "node-down"
        /// A node under its pods is about to evict some.
        case nodePressed = "node-pressed"
        /// Pods stay on a node that was cordoned: by intention, or because they may not be evicted.
        case leftOnCordoned = "left-on-cordoned"

        /// Whether the service may well answer while it lasts, so that no answer ends it.
        public var isLatent: Bool {
            switch self {
            case .scalingLimited, .scalingBlind, .runsMissed, .nodePressed, .nodeDown, .leftOnCordoned: true
            default: false
            }
        }

        /// Whether it is no symptom by itself, so that one look which finds nothing behind it is enough.
        var isHint: Bool { self == .serviceChanged || self == .leftOnCordoned }

        /// Whether it counts among what fails now.
        var isFailure: Bool { self == .nodeDown || !isLatent && self != .serviceChanged }
    }

    /// What tells one symptom from another of the same workload.
    public struct Key: Hashable, Sendable {
        public var kind: Kind
        /// The pod or Service that shows it; empty for the workload.
        public var object: String
    }

    public var key: Key
    /// For a person.
    public var message: String
    /// How long it must last before anybody looks, in seconds.
    public var window: Double

    public var kind: Kind { key.kind }

    public init(_ kind: Kind, _ object: String = "", _ message: String, window: Double) {
        key = Key(kind: kind, object: object)
        self.message = message
        self.window = window
    }
}
