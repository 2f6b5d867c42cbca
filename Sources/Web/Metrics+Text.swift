import HTTPServer
import Healing
import Incidents
import Synchronization
import Tasks

extension Metrics {
    /// What is asked elsewhere at the moment of writing.
    struct Surroundings {
        var version: String
        var isReady: Bool
        var tasks: TaskService.Counts
        var eventStreams: Int
        var http: HTTPStatistics
        var process: ProcessFacts
    }

    /// Everything in Prometheus' text format, in a fixed order.
    func text(_ around: Surroundings) -> String {
        let state = state.withLock { $0 }
        var out = PrometheusText()
        out.gauge("cortex_build_info", "The version that runs.", 1, labels: [("version", around.version)])
        out.gauge("cortex_ready", "Whether Cortex can do its work; /readyz says why not.", around.isReady ? 1 : 0)
        out.counter(
            "cortex_config_reloads_total", "Times the configuration file changed, by whether it could be used.",
            [([("result", "applied")], state.reloadsApplied), ([("result", "refused")], state.reloadsRefused)])
        out.gauge(
            "cortex_config_last_reload_successful", "Whether the configuration file as it is now counts.",
            state.isLastReloadGood ? 1 : 0)
        writeHealing(state, to: &out)
        writeTasks(state, around, to: &out)
        out.gauge("cortex_event_streams", "Event streams that are open.", around.eventStreams)
        Self.writeHTTP(around.http, to: &out)
        if let bytes = around.process.residentBytes {
            out.gauge("process_resident_memory_bytes", "Resident memory size in bytes.", bytes)
        }
        if let start = around.process.startTime {
            out.gauge(
                "process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.", start)
        }
        return out.text
    }

    private func writeHealing(_ state: State, to out: inout PrometheusText) {
        out.gauge("cortex_incidents_open", "Incidents under way.", state.incidentsOpen)
        out.counter(
            "cortex_incidents_total", "Incidents that ended, by how.",
            IncidentSummary.Outcome.allCases.map { ([("outcome", $0.rawValue)], state.incidents[$0] ?? 0) })
        out.counter(
            "cortex_incidents_opened_total", "Incidents that were opened, by what began them.",
            [HealingTrigger.request, .watch].map { ([("trigger", $0.rawValue)], state.opened[$0] ?? 0) })
        out.histogram(
            "cortex_incident_detection_seconds", "From the first symptom to the incident.", state.detection)
        out.histogram("cortex_incident_action_seconds", "From the first symptom to the first change.", state.action)
        out.gauge("cortex_workloads_watched", "Workloads that are watched.", state.watched)
        out.gauge("cortex_workloads_failing", "Watched workloads that show a symptom.", state.failing)
        out.counter("cortex_healing_attempts_total", "Healings begun, one for each incident.", state.healingAttempts)
        out.counter(
            "cortex_healing_successes_total", "Healings after which the service is proven to answer, by cause.",
            Self.byCause(state.healingSuccesses))
        out.counter(
            "cortex_healing_failures_total", "Healings after which it is not, or a person is needed, by cause.",
            Self.byCause(state.healingFailures))
        out.histogram(
            "cortex_healing_duration_seconds", "From the beginning of an incident to its end.", state.healingDuration)
    }

    private func writeTasks(_ state: State, _ around: Surroundings, to out: inout PrometheusText) {
        out.gauge("cortex_tasks_running", "Tasks under way.", around.tasks.running)
        out.gauge("cortex_tasks_finished", "Finished tasks that can still be asked for.", around.tasks.finished)
        out.counter(
            "cortex_tasks_dropped_total", "Finished tasks let go before their time, for want of room.",
            around.tasks.dropped)
        out.counter(
            "cortex_tasks_total", "Tasks that ended, by how.",
            [.completed, .failed].map { ([("status", $0.rawValue)], state.tasks[$0] ?? 0) })
        out.histogram("cortex_task_duration_seconds", "From a task's request to its end.", state.taskDuration)
        out.counter(
            "cortex_tool_calls_total", "Calls of tools, by server and outcome.",
            state.toolCalls.sorted {
                ($0.key.server, $0.key.outcome.rawValue) < ($1.key.server, $1.key.outcome.rawValue)
            }
            .map { ([("server", $0.key.server), ("outcome", $0.key.outcome.rawValue)], $0.value) })
        out.histogram("cortex_tool_call_duration_seconds", "One call of a tool.", state.toolCallDuration)
        out.gauge("cortex_tool_servers_known", "Tool servers known, up or down.", state.knownServers)
        out.gauge(
            "cortex_tool_servers_up", "Tool servers that answered when last asked.",
            state.servers.values.reduce(0) { $1 ? $0 + 1 : $0 })
    }

    private static func byCause(_ counts: [String: Int]) -> [(labels: PrometheusText.Labels, value: Int)] {
        counts.sorted { $0.key < $1.key }.map { ([("cause", $0.key)], $0.value) }
    }
}
