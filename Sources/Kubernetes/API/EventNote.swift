public import FoundationEssentials

/// What Cortex says about an object as a Kubernetes Event, so that `kubectl describe` shows it.
public struct EventNote: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable {
        case normal = "Normal"
        case warning = "Warning"
    }
    /// Longer messages are cut: the API server refuses them.
    /// Source: validation of core/v1 Event, `NoteLengthLimit`.
    public static let maximumMessage = 1024

    public var object: ObjectReference
    public var severity: Severity
    /// One word in camel case: `HealingStarted`.
    public var reason: String
    public var message: String

    public init(_ object: ObjectReference, _ severity: Severity = .normal, reason: String, message: String) {
        self.object = object
        self.severity = severity
        self.reason = reason
        self.message = message
    }

    /// - Parameters:
    ///   - id: makes the name unique, some letters and digits.
    ///   - component: who says it.
    public func event(at time: Date, id: String, component: String = "cortex") -> Event {
        // Events of objects without a namespace live in `default`.
        let namespace = object.namespace ?? "default"
        let name = String(object.name.prefix(200)) + "." + id
        return Event(
            metadata: ObjectMeta(name: name, namespace: namespace), involvedObject: object, type: severity.rawValue,
            reason: reason, message: Self.cut(message), count: 1, firstTimestamp: Self.wholeSecond(time),
            lastTimestamp: Self.wholeSecond(time), source: Event.Source(component: component),
            reportingComponent: component, reportingInstance: component)
    }

    private static func cut(_ message: String) -> String {
        if message.utf8.count <= maximumMessage { return message }
        var kept = message
        while kept.utf8.count > maximumMessage - 3 { kept.removeLast(max(1, (kept.utf8.count - maximumMessage) / 4)) }
        return kept + "…"
    }

    /// These fields are `Time`, which has no fraction.
    private static func wholeSecond(_ time: Date) -> Date {
        Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
    }
}
