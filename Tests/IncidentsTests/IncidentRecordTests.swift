import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Logging
import Synchronization
import Testing

@testable import Incidents

@Suite("What is kept of an incident")
struct IncidentRecordTests {
    @Test("cause, plan, steps with times, before and after")
    func record() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        _ = await desk.heal()
        let record = try #require(desk.desk.surroundings.incidents.all().first)
        #expect(record.state == .healed)
        #expect(record.trigger == .request)
        #expect(record.cause == "scaled-to-zero")
        #expect(record.plan?.action == .scale)
        #expect(record.before?.desired == 0)
        #expect(record.after?.desired == 1)
        #expect(record.findings.map(\.id).contains("zero-replicas"))
        let kinds = record.steps.map(\.kind)
        for kind: IncidentRecord.Step.Kind in [.detected, .diagnosed, .acting, .acted, .verified, .closed] {
            #expect(kinds.contains(kind), "\(kind)")
        }
        let times = record.times
        let acted = try #require(times.acted)
        #expect(try #require(times.diagnosed) <= acted)
        #expect(acted <= (try #require(times.verified)))
        #expect(times.closed != nil)
    }

    @Test("the intent is on disk before the change is sent, and closed after")
    func intentFirst() async throws {
        let cluster = FakeCluster()
        let writesAtBegin = Mutex<[Int]>([])
        let store = FakeStore { intent in
            if intent.end == nil { writesAtBegin.withLock { $0.append(cluster.writes.count) } }
        }
        let desk = try Desk(cluster, store: store)
        defer { desk.remove() }
        _ = await desk.heal()
        #expect(writesAtBegin.withLock { $0 } == [0])
        #expect(cluster.writes.count == 1)
        #expect(await store.intents().map(\.end) == [.done])
    }

    @Test("a spent budget stays spent after a restart, and the cluster is left as it is")
    func budget() async throws {
        let store = FakeStore()
        let cluster = FakeCluster()
        let first = try Desk(cluster, store: store, budget: HealingBudget(perWorkload: 1))
        defer { first.remove() }
        _ = await first.heal()
        cluster.scale(to: 0)
        let second = try Desk(cluster, store: store, budget: HealingBudget(perWorkload: 1))
        defer { second.remove() }
        await second.desk.surroundings.ledger.load(now: Date())
        guard case .failed(_, let message, let recommendation)? = await second.heal().last else {
            Issue.record("not refused")
            return
        }
        #expect(message.contains("budget of 1 changes"))
        #expect(recommendation.contains("kubectl scale"))
        #expect(cluster.writes.count == 1)
    }

    @Test(
        "what Cortex had begun when it was killed is closed at its next start, and not done again", arguments: [0, 1])
    func restart(replicas: Int) async throws {
        let now = Date()
        let store = FakeStore()
        let cluster = FakeCluster(replicas: replicas)
        let workload = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        await store.save(
            IncidentRecord(
                id: "i1", trigger: .watch, namespace: "shop", service: "web", workload: workload, issue: "zero",
                visible: now, detected: now))
        await store.save(
            HealingIntent(
                id: "w1", incident: "i1", workload: workload,
                write: ClusterWrite(.scale(from: 0, to: 1), of: cluster.deployment.reference, resource: .deployments),
                trigger: .watch, isUndo: false, at: now))
        let desk = try Desk(cluster, store: store)
        defer { desk.remove() }
        let around = desk.desk.surroundings
        let recovery = IntentRecovery(api: cluster, ledger: around.ledger, log: around.log, now: { now })
        await around.incidents.load(await recovery.run(), now: now)
        #expect(await store.intents().map(\.end) == [replicas == 0 ? .foundUndone : .foundDone])
        let record = try #require(around.incidents["i1"])
        #expect(record.state == .unknown)
        #expect(record.message?.contains(replicas == 0 ? "was not carried out" : "was carried out") == true)
        #expect(cluster.writes.isEmpty)
    }

    @Test("the oldest go first, and none that is under way")
    func retention() async throws {
        var limits = IncidentLog.Limits()
        limits.incidents = 2
        let store = FakeStore()
        let log = IncidentLog(store: store, limits: limits)
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        for index in 0..<4 {
            let time = start.addingTimeInterval(Double(index))
            await log.open(
                IncidentRecord(
                    id: "i\(index)", trigger: .watch, namespace: "shop", service: "web", issue: "x", visible: time,
                    detected: time))
            guard index > 0 else { continue }
            log.update("i\(index)") { record in
                record.state = .healed
                record.times.closed = time
            }
            await log.save("i\(index)")
        }
        #expect(log.all().map(\.id) == ["i3", "i0"])
        #expect(await store.incidents().count == 2)
    }
}
