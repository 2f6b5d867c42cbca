public import FoundationEssentials

/// A core/v1 Event.
public struct Event: KubernetesObject {
    public static var resource: Resource { .events }
    /// Anybody may write Events, and one that makes no sense must not hide the others.
    public static var mayBeMissing: Bool { true }

    public struct Series: Codable, Hashable, Sendable {
        public var count: Int?
        public var lastObservedTime: Date?
    }
    public struct Source: Codable, Hashable, Sendable {
        public var component: String?
        public var host: String?
        public init(component: String? = nil, host: String? = nil) {
            self.component = component
            self.host = host
        }
    }

    public var metadata: ObjectMeta
    public var involvedObject: ObjectReference
    public var type: String?
    public var reason: String?
    public var message: String?
    public var count: Int?
    public var firstTimestamp: Date?
    public var lastTimestamp: Date?
    public var eventTime: Date?
    public var series: Series?
    public var source: Source?
    public var reportingComponent: String?
    public var reportingInstance: String?
    public var action: String?

    public init(
        metadata: ObjectMeta, involvedObject: ObjectReference, type: String? = nil, reason: String? = nil,
        message: String? = nil, count: Int? = nil, firstTimestamp: Date? = nil, lastTimestamp: Date? = nil,
        eventTime: Date? = nil, series: Series? = nil, source: Source? = nil, reportingComponent: String? = nil,
        reportingInstance: String? = nil, action: String? = nil
    ) {
        self.metadata = metadata
        self.involvedObject = involvedObject
        self.type = type
        self.reason = reason
        self.message = message
        self.count = count
        self.firstTimestamp = firstTimestamp
        self.lastTimestamp = lastTimestamp
        self.eventTime = eventTime
        self.series = series
        self.source = source
        self.reportingComponent = reportingComponent
        self.reportingInstance = reportingInstance
        self.action = action
    }

    /// The message, without the recorder's note that it stands for several that were alike.
    /// Source: client-go, tools/record/events_cache.go.
    public var text: String {
        let note = "(combined from similar events): "
        let message = message ?? ""
        return message.hasPrefix(note) ? String(message.dropFirst(note.count)) : message
    }

    /// When it was last seen, from whichever of the API's fields is set.
    public var lastSeen: Date? {
        series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp
    }
}
