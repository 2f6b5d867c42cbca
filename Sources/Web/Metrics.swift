import FoundationEssentials
import Healing
public import Incidents
import Synchronization
public import Tasks

/// Counts what happens, for `GET /metrics` and `GET /health`. The number of label values is bounded: what comes from
/// the cluster beyond the bound is counted as `other`.
public final class Metrics: Sendable {
    struct ToolCallKey: Hashable {
        var server: String
        var outcome: ToolCallOutcome
    }

    struct State {
        var incidentsOpen = 0
        var healingAttempts = 0
        var healingSuccesses: [String: Int] = [:]
        var healingFailures: [String: Int] = [:]
        var incidents: [IncidentSummary.Outcome: Int] = [:]
        var opened: [HealingTrigger: Int] = [:]
        /// From the first symptom to the incident, and to the first change.
        var detection = Histogram(bounds: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300])
        var action = Histogram(bounds: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300])
        var watched = 0
        var failing = 0
        var healingDuration = Histogram(bounds: [0.5, 1, 2, 5, 10, 20, 30, 60, 120])
        var tasks: [TaskStatus: Int] = [:]
        var taskDuration = Histogram(bounds: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120])
        var toolCalls: [ToolCallKey: Int] = [:]
        var toolCallDuration = Histogram(bounds: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60])
        /// Whether each tool server that was asked answered the last time.
        var servers: [String: Bool] = [:]
        var knownServers = 0
        var reloadsApplied = 0
        var reloadsRefused = 0
        var isLastReloadGood = true
    }

    static let maximumServers = 100
    static let maximumCauses = 64
    let state = Mutex(State())

    public init() {}

    /// How many tool servers are known, up or down.
    public func toolServersKnown(_ count: Int) { state.withLock { $0.knownServers = count } }

    /// The configuration file changed, and what it holds now counts or was refused.
    public func configurationReloaded(isApplied: Bool) {
        state.withLock { state in
            if isApplied { state.reloadsApplied += 1 } else { state.reloadsRefused += 1 }
            state.isLastReloadGood = isApplied
        }
    }

    /// How many workloads are watched, and how many of them show a symptom.
    public func workloads(watched: Int, failing: Int) {
        state.withLock {
            $0.watched = watched
            $0.failing = failing
        }
    }

    /// What `GET /health` tells.
    var now: (serversKnown: Int, serversUp: Int, incidentsOpen: Int) {
        state.withLock { state in
            (state.knownServers, state.servers.values.reduce(0) { $1 ? $0 + 1 : $0 }, state.incidentsOpen)
        }
    }

    private static func bounded(_ name: String, among known: some Collection<String>, _ maximum: Int) -> String {
        known.count < maximum || known.contains(name) ? name : "other"
    }
}

extension Metrics: TaskObserving {
    public func taskEnded(status: TaskStatus, duration: Duration) {
        state.withLock {
            $0.tasks[status, default: 0] += 1
            $0.taskDuration.add(duration)
        }
    }

    public func toolCalled(server: String, outcome: ToolCallOutcome, duration: Duration) {
        state.withLock {
            let name = Self.bounded(server, among: $0.servers.keys, Self.maximumServers)
            $0.toolCalls[ToolCallKey(server: name, outcome: outcome), default: 0] += 1
            $0.toolCallDuration.add(duration)
        }
    }

    public func serverSeen(_ server: String, isUp: Bool) {
        state.withLock { $0.servers[Self.bounded(server, among: $0.servers.keys, Self.maximumServers)] = isUp }
    }
}

extension Metrics: IncidentObserving {
    public func incidentBegan(service: String, namespace: String) {
        state.withLock {
            $0.incidentsOpen += 1
            $0.healingAttempts += 1
        }
    }

    public func incidentChanged(_ incident: IncidentRecord, step: IncidentRecord.Step?) {
        let times = incident.times
        state.withLock {
            switch step?.kind {
            case .detected:
                $0.opened[incident.trigger, default: 0] += 1
                $0.detection.add(.seconds(times.detected.timeIntervalSince(times.visible)))
            case .acting where times.acted == step?.at:
                $0.action.add(.seconds(step?.at.timeIntervalSince(times.visible) ?? 0))
            default: break
            }
        }
    }

    public func incidentEnded(_ summary: IncidentSummary) {
        state.withLock {
            $0.incidentsOpen = max(0, $0.incidentsOpen - 1)
            $0.incidents[summary.outcome, default: 0] += 1
            $0.healingDuration.add(summary.duration)
            switch summary.outcome {
            case .healed, .recovered:
                let cause = Self.bounded(summary.cause, among: $0.healingSuccesses.keys, Self.maximumCauses)
                $0.healingSuccesses[cause, default: 0] += 1
            case .escalated, .failed:
                let cause = Self.bounded(summary.cause, among: $0.healingFailures.keys, Self.maximumCauses)
                $0.healingFailures[cause, default: 0] += 1
            }
        }
    }
}
