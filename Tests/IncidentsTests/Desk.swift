import Diagnosis
import FoundationEssentials
import Healing
import Logging
import Synchronization
import Testing

@testable import Incidents

/// A desk over a fake cluster, with everything it said.
struct Desk {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    /// Answers as the cluster's endpoints would.
    struct Prober: ServiceProbing {
        let cluster: FakeCluster
        var isMute = false
        func answer(to probe: ServiceProbe) async -> ServiceAnswer? {
            cluster.replicas > 0 && !isMute
                ? ServiceAnswer(kind: .ok, message: "it answers")
                : ServiceAnswer(kind: .connectionRefused, message: "connection refused")
        }
    }

    final class Observer: IncidentObserving {
        private let summaries = Mutex<[IncidentSummary]>([])
        private let began = Mutex(0)
        func incidentBegan(service: String, namespace: String) { began.withLock { $0 += 1 } }
        func incidentEnded(_ summary: IncidentSummary) { summaries.withLock { $0.append(summary) } }
        var all: [IncidentSummary] { summaries.withLock { $0 } }
        var beginnings: Int { began.withLock { $0 } }
    }

    let cluster: FakeCluster
    let observer = Observer()
    let log = Lines()
    let desk: IncidentDesk
    let directory: String

    init(
        _ cluster: FakeCluster = FakeCluster(), worker: String? = nil, policy: HealingPolicy? = nil,
        store: FakeStore? = nil, budget: HealingBudget = HealingBudget(), leasingAs process: String? = nil,
        renewal: Duration = .seconds(5), isMute: Bool = false,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.cluster = cluster
        directory = FileManager.default.temporaryDirectory.path + "/desk-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let log = log
        desk = IncidentDesk(
            .init(
                api: cluster, prober: Prober(cluster: cluster, isMute: isMute), incidents: IncidentLog(store: store),
                ledger: HealingLedger(budget: budget, store: store),
                leases: process.map {
                    LeaseKeeper(api: cluster, namespace: "cortex", process: $0, renewal: renewal, now: now)
                },
                observers: [observer],
                log: Logger(
                    component: "HEAL", to: LogOutput(now: { "2026-01-01T00:00:00Z" }, sink: { log.add($0) })),
                now: now, newID: { String(UInt64.random(in: 0 ... .max), radix: 16) }),
            policy: policy ?? HealingPolicy(namespaces: ["shop"], settle: .milliseconds(20)), customWorker: worker,
            logDirectory: directory)
    }

    func outage(_ service: String = "web") -> Outage {
        Outage(
            service: service, namespace: "shop", url: "http://\(service).shop.svc.cluster.local:80",
            answer: ServiceAnswer(kind: .connectionRefused, message: "connection refused"))
    }

    func heal(_ service: String = "web") async -> [HealingEvent] {
        var events: [HealingEvent] = []
        for await event in desk.heal(outage(service)) { events.append(event) }
        return events
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }  // a leftover in the temporary directory
}
