public import FoundationEssentials
public import Incidents
import JSON
import Synchronization
public import Tasks

/// Everything that happens, numbered, for whoever wants to watch it all: incidents and their steps, and the tasks.
public final class EventFeed: IncidentObserving, TaskObserving, EventSource {
    private struct State {
        var events: [NumberedEvent] = []
        var next = 1
        var watchers: [any TaskWatching] = []
    }

    /// Events that are kept for those who come later; the older ones go many at a time.
    private static let kept = 1000
    private static let atATime = 250

    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    public init(now: @escaping @Sendable () -> Date) { self.now = now }

    public func incidentChanged(_ incident: IncidentRecord, step: IncidentRecord.Step?) {
        guard let step else { return }
        var json = JSONWriter(reserving: 256)
        json.beginObject()
        json.field("type", Self.type(step.kind))
        json.field("time", RFC3339.string(from: step.at))
        json.field("incident", incident.id)
        json.field("state", incident.state.rawValue)
        json.field("namespace", incident.namespace)
        json.field("service", incident.service)
        if let workload = incident.workload { json.field("workload", "\(workload)") }
        if let cause = incident.cause { json.field("cause", cause) }
        json.field("step", step.kind.rawValue)
        json.field("message", step.message)
        if step.kind == .closed, let recommendation = incident.recommendation {
            json.field("recommendation", recommendation)
        }
        json.endObject()
        publish(json.bytes)
    }

    private static func type(_ kind: IncidentRecord.Step.Kind) -> String {
        switch kind {
        case .detected: "incident_opened"
        case .closed, .cleared: "incident_\(kind.rawValue)"
        case .diagnosed, .progress, .acting, .acted, .verified: "incident_step"
        }
    }

    private func publish(_ json: [UInt8]) {
        let watchers = state.withLock { state in
            state.events.append(NumberedEvent(json: json, number: state.next))
            state.next += 1
            if state.events.count > Self.kept + Self.atATime { state.events.removeFirst(Self.atATime) }
            return state.watchers
        }
        guard !watchers.isEmpty else { return }
        let gone = Set(watchers.filter { !$0.taskHasEvents() }.map(ObjectIdentifier.init))
        guard !gone.isEmpty else { return }
        state.withLock { $0.watchers.removeAll { gone.contains(ObjectIdentifier($0)) } }
    }

    // MARK: - Tasks

    public func taskEnded(status: TaskStatus, duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        publish("task_ended") { json in
            json.field("status", status.rawValue)
            json.key("seconds")
            json.write((seconds * 1000).rounded() / 1000)
        }
    }

    public func toolCalled(server: String, outcome: ToolCallOutcome, duration: Duration) {
        publish("tool_called") { json in
            json.field("server", server)
            json.field("outcome", outcome.rawValue)
        }
    }

    public func serverSeen(_ server: String, isUp: Bool) {}

    private func publish(_ type: String, _ fields: (inout JSONWriter) -> Void) {
        var json = JSONWriter(reserving: 160)
        json.beginObject()
        json.field("type", type)
        json.field("time", RFC3339.string(from: now()))
        fields(&json)
        json.endObject()
        publish(json.bytes)
    }

    // MARK: - EventSource

    public func watch(_ watcher: any TaskWatching) {
        state.withLock { state in
            state.watchers.removeAll { !$0.isWatching }
            state.watchers.append(watcher)
        }
    }

    public func events(after number: Int) -> EventBatch {
        state.withLock { state in
            let number = min(max(number, 0), state.next - 1)
            let first = state.next - state.events.count
            let from = max(number + 1, first)
            return EventBatch(
                events: from < state.next ? state.events[(from - first)...] : [], missed: max(0, first - number - 1),
                isLast: false)
        }
    }

    /// The number of the newest event.
    var last: Int { state.withLock { $0.next - 1 } }
}
