import FoundationEssentials
import HTTPServer
import JSON
import Tasks
import Testing

@testable import Web

/// `deploy/monitoring` and `docs/runbooks`, held against what Cortex exports.
@Suite("alerts, dashboard and runbooks")
struct MonitoringTests {
    // Tests/WebTests/MonitoringTests.swift is three levels down.
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    private static func text(_ path: String) throws -> String {
        String(
            decoding: try #require(FileManager.default.contents(atPath: "\(root)/\(path)"), "\(path)"), as: UTF8.self)
    }

    /// Metric → its type.
    private let exported: [String: String] = {
        var exported: [String: String] = [:]
        let metrics = Metrics().text(
            Metrics.Surroundings(
                version: "1", isReady: true, tasks: TaskService.Counts(), eventStreams: 0, http: HTTPStatistics(),
                process: ProcessFacts(residentBytes: 1, startTime: 1)))
        for line in metrics.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            exported[String(words[2])] = String(words[3])
        }
        return exported
    }()

    private func isExported(_ name: String) -> Bool {
        if exported[name] != nil { return true }
        return ["_bucket", "_sum", "_count"].contains { suffix in
            name.hasSuffix(suffix) && exported[String(name.dropLast(suffix.count))] == "histogram"
        }
    }

    private func metrics(in text: String) -> Set<String> {
        Set(text.matches(of: /(?:cortex|process)_[a-z_]+/).map { String($0.output) })
    }

    private func alerts() throws -> [String] {
        try Self.text("deploy/monitoring/rules.yaml").split(separator: "\n")
            .filter { $0.hasPrefix("  - alert: ") }.map { String($0.dropFirst("  - alert: ".count)) }
    }

    @Test(
        "every metric that they name is exported",
        arguments: ["deploy/monitoring/rules.yaml", "deploy/monitoring/dashboard.json"])
    func names(path: String) throws {
        let named = metrics(in: try Self.text(path))
        #expect(named.count > 5)
        #expect(named.filter { !isExported($0) } == [])
    }

    @Test("the rule for the Prometheus operator holds the same groups; scripts/docs writes it")
    func prometheusRule() throws {
        let rules = try Self.text("deploy/monitoring/rules.yaml").split(separator: "\n").drop { $0 != "groups:" }
        let own = try Self.text("deploy/monitoring/prometheus-rule.yaml").split(separator: "\n")
        let inner = own.drop { $0 != "  groups:" }
        #expect(inner.map { $0.dropFirst(2) } == rules.map { $0[...] })
        #expect(own.contains("kind: PrometheusRule"))
    }

    @Test("every alert has its runbook and names it, and there is none without an alert")
    func runbooks() throws {
        let alerts = try alerts()
        #expect(alerts.count > 10)
        let rules = try Self.text("deploy/monitoring/rules.yaml")
        for alert in alerts {
            #expect(rules.contains("runbook_url: docs/runbooks/\(alert).md\n"))
            #expect(try Self.text("docs/runbooks/\(alert).md").hasPrefix("# \(alert)\n"))
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.root + "/docs/runbooks")
        #expect(Set(files) == Set(alerts.map { "\($0).md" }))
    }

    @Test("a runbook's links lead somewhere, and what it calls Cortex's metrics are some")
    func links() throws {
        for alert in try alerts() {
            let book = try Self.text("docs/runbooks/\(alert).md")
            for link in book.matches(of: /\]\(([^)]+\.md)\)/) {
                _ = try Self.text("docs/runbooks/\(link.output.1)")
            }
            let named = metrics(in: book).filter { !$0.hasSuffix("_") && $0 != "cortex_http" }
            #expect(named.filter { !isExported($0) } == [], "\(alert)")
        }
    }

    @Test(
        "the dashboard's panels have ids of their own, do not overlap, and ask something"
    )
    func dashboard() throws {
        let dashboard = try JSONValue(parsing: Array(try Self.text("deploy/monitoring/dashboard.json").utf8))
        let panels = try #require(dashboard["panels"]?.arrayValue)
        #expect(panels.count > 10)
        #expect(Set(panels.compactMap { $0["id"] }).count == panels.count)
        var cells: Set<[Int]> = []
        for panel in panels {
            let place = try ["x", "y", "w", "h"].map { try #require(panel["gridPos"]?[$0]?.intValue) }
            #expect(place[0] + place[2] <= 24)
            for column in place[0]..<place[0] + place[2] {
                for row in place[1]..<place[1] + place[3] { #expect(cells.insert([column, row]).inserted) }
            }
            let targets = try #require(panel["targets"]?.arrayValue)
            #expect(!targets.isEmpty && targets.allSatisfy { $0["expr"]?.stringValue?.isEmpty == false })
        }
    }
}
