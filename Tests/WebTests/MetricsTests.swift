import HTTPServer
import Incidents
import Tasks
import Testing

@testable import Web

@Suite("metrics")
struct MetricsTests {
    private static func text(_ metrics: Metrics) -> String {
        var http = HTTPStatistics()
        http.requests = 3
        http.refused = [.bodyTooLarge: 2]
        return metrics.text(
            Metrics.Surroundings(
                version: "1.2.3", isReady: true, tasks: TaskService.Counts(running: 1, finished: 2, dropped: 3),
                eventStreams: 4,
                http: http, process: ProcessFacts(residentBytes: 5, startTime: 1_700_000_000.25)))
    }

    @Test("they read as Prometheus' text format writes them")
    func golden() {
        let metrics = Metrics()
        metrics.incidentBegan(service: "sandfly", namespace: "cortex-system")
        metrics.incidentEnded(
            IncidentSummary(
                service: "sandfly", namespace: "cortex-system", cause: "scaled-to-zero", action: "scale",
                outcome: .healed, duration: .milliseconds(1500)))
        metrics.incidentBegan(service: "web", namespace: "cortex-system")
        metrics.incidentEnded(
            IncidentSummary(
                service: "web", namespace: "cortex-system", cause: "unknown", action: "none", outcome: .escalated,
                duration: .seconds(200)))
        metrics.incidentBegan(service: "open", namespace: "cortex-system")
        metrics.serverSeen("a\"b\\c\n", isUp: true)
        metrics.toolCalled(server: "a\"b\\c\n", outcome: .answered, duration: .milliseconds(20))
        metrics.taskEnded(status: .completed, duration: .milliseconds(20))
        metrics.toolServersKnown(2)
        let lines = Self.text(metrics).split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        for expected in Self.expected { #expect(lines.contains(expected)) }
        #expect(Set(lines.map { $0.split(separator: "{")[0] }).count > 20)
        #expect(Set(lines).count == lines.count)
    }

    private static let expected = [
        #"cortex_build_info{version="1.2.3"} 1"#, "cortex_incidents_open 1", "cortex_ready 1",
        #"cortex_incidents_total{outcome="healed"} 1"#, #"cortex_incidents_total{outcome="failed"} 0"#,
        "cortex_healing_attempts_total 3", #"cortex_healing_successes_total{cause="scaled-to-zero"} 1"#,
        #"cortex_healing_failures_total{cause="unknown"} 1"#,
        #"cortex_healing_duration_seconds_bucket{le="1"} 0"#, #"cortex_healing_duration_seconds_bucket{le="2"} 1"#,
        #"cortex_healing_duration_seconds_bucket{le="120"} 1"#,
        #"cortex_healing_duration_seconds_bucket{le="+Inf"} 2"#, "cortex_healing_duration_seconds_sum 201.5",
        "cortex_healing_duration_seconds_count 2", "cortex_tasks_running 1", "cortex_tasks_finished 2",
        "cortex_tasks_dropped_total 3", #"cortex_tasks_total{status="completed"} 1"#,
        #"cortex_tasks_total{status="failed"} 0"#,
        #"cortex_tool_calls_total{server="a\"b\\c\n",outcome="answered"} 1"#, "cortex_tool_servers_known 2",
        "cortex_tool_servers_up 1", "cortex_event_streams 4", "cortex_http_requests_total 3",
        #"cortex_http_refused_total{reason="body_too_large"} 2"#, "process_resident_memory_bytes 5",
        "process_start_time_seconds 1700000000.25",
    ]

    @Test("every metric has its help and its type, once, before its samples")
    func heads() {
        var seen: Set<String> = []
        var current = ""
        for line in Self.text(Metrics()).split(separator: "\n").map(String.init) {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP") {
                current = words[2]
                #expect(seen.insert(current).inserted)
            } else if line.hasPrefix("# TYPE") {
                #expect(words[2] == current)
                #expect((words[3] == "counter") == current.hasSuffix("_total"))
            } else {
                #expect(line.hasPrefix(current))
            }
        }
    }

    @Test("names from the cluster beyond the bound are counted as other")
    func cardinality() {
        let metrics = Metrics()
        for number in 0..<300 {
            metrics.serverSeen("server-\(number)", isUp: false)
            metrics.toolCalled(server: "server-\(number)", outcome: .outage, duration: .zero)
        }
        let lines = Self.text(metrics).split(separator: "\n").filter { $0.hasPrefix("cortex_tool_calls_total") }
        #expect(lines.count == Metrics.maximumServers + 1)
        #expect(lines.contains { $0.contains(#"server="other""#) && $0.hasSuffix(" 200") })
    }

    @Test("the process is described as the kernel sees it")
    func process() throws {
        let facts = ProcessFacts.current()
        #expect(try #require(facts.residentBytes) > 1 << 20)
        #expect(try #require(facts.startTime) > 1_500_000_000)
    }
}
