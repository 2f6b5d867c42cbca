/// What the kubelet says about a pod, before it becomes an Event of the API.
struct NodeEvent: Hashable, Sendable {
    var isWarning: Bool
    var reason: String
    var message: String
    var at: Double

    static func normal(_ reason: String, _ message: String, at: Double) -> NodeEvent {
        NodeEvent(isWarning: false, reason: reason, message: message, at: at)
    }

    static func warning(_ reason: String, _ message: String, at: Double) -> NodeEvent {
        NodeEvent(isWarning: true, reason: reason, message: message, at: at)
    }
}
