import HTTPServer
import JSON
import Tasks

extension APIHandler {
    /// `GET /health`: 200 as long as the process answers; what it cannot do is in `/readyz`.
    var health: ServerResponse {
        let now = metrics.now
        var json = JSONWriter(reserving: 288)
        json.beginObject()
        json.field("status", "healthy")
        json.field("service", "cortex-orchestrator")
        json.field("version", facts.version)
        json.field("uptime", Int(facts.uptime().components.seconds))
        json.field("healing_enabled", facts.isHealingEnabled)
        json.key("tool_servers")
        json.beginObject()
        json.field("known", now.serversKnown)
        json.field("up", now.serversUp)
        json.endObject()
        json.key("in_flight")
        json.beginObject()
        json.field("tasks", tasks.counts.running)
        json.field("healings", now.incidentsOpen)
        json.field("streams", streams.count)
        json.endObject()
        json.endObject()
        return .json(json.bytes)
    }

    /// `GET /readyz`: 503 with the reasons, a line each, until there are none.
    var ready: ServerResponse {
        let reasons = readiness.lines
        guard !reasons.isEmpty else { return .text("ok\n") }
        return .text(reasons.map { "not ready: \($0)\n" }.joined(), status: 503)
    }

    var metricsText: ServerResponse {
        let text = metrics.text(
            Metrics.Surroundings(
                version: facts.version, isReady: readiness.lines.isEmpty, tasks: tasks.counts,
                eventStreams: streams.count,
                http: statistics.current, process: .current()))
        return ServerResponse(
            headers: [("Content-Type", PrometheusText.contentType)], body: .bytes(Array(text.utf8)))
    }
}
