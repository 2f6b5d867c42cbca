import FoundationEssentials
import Healing
import Kubernetes
import TestSupport
import Testing

@testable import Incidents

@Suite("Incidents that nobody asked for")
struct IncidentWatchTests {
    /// A watch over the desk's cluster that waits for nothing.
    private func watch(_ desk: Desk) -> IncidentWatch {
        var windows = SymptomReader.Windows()
        windows.zeroReplicas = 0
        let watch = IncidentWatch(
            desk.desk, machine: SymptomMachine(reader: SymptomReader(windows: windows)), seed: 1)
        watch.recall([WorkloadReference(kind: .deployment, namespace: "shop", name: "web"): 1])
        watch.apply { $0.apply([Store<Deployment>.Change.added(desk.cluster.deployment)]) }
        watch.begin()
        return watch
    }

    @Test("a workload at zero that was seen to run is restored before anybody asks")
    func heals() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        let watch = watch(desk)
        let work = Task { await watch.run() }
        defer { work.cancel() }
        let log = desk.desk.surroundings.incidents
        #expect(await eventually { log.all(state: .healed).count == 1 })
        let record = try #require(log.all().first)
        #expect(record.trigger == .watch)
        #expect(record.symptom == "zero-replicas")
        #expect(desk.cluster.writes.count == 1)
    }

    @Test("a request that comes while the watch heals joins its incident")
    func joins() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.cluster.holdWrites()
        let watch = watch(desk)
        let work = Task { await watch.run() }
        defer { work.cancel() }
        let log = desk.desk.surroundings.incidents
        #expect(await eventually { log.all(state: .open).first?.times.acted != nil })
        let stream = desk.desk.heal(desk.outage())
        desk.cluster.releaseWrites()
        var last: HealingEvent?
        for await event in stream { last = event }
        guard case .completed? = last else {
            Issue.record("not completed: \(String(describing: last))")
            return
        }
        #expect(log.all().count == 1)
        #expect(desk.cluster.writes.count == 1)
    }

    @Test(
        "a namespace that is only observed has its incident with the plan, and no write",
        arguments: [("observe", IncidentRecord.State.escalated), ("approve", .waiting)])
    func policy(mode: String, state: IncidentRecord.State) async throws {
        let desk = try Desk(FakeCluster(mode: mode))
        defer { desk.remove() }
        let watch = watch(desk)
        let work = Task { await watch.run() }
        defer { work.cancel() }
        let log = desk.desk.surroundings.incidents
        #expect(await eventually { log.all(state: state).count == 1 })
        let record = try #require(log.all().first)
        #expect(record.policy?.rawValue == mode)
        #expect(record.plan?.action == .scale)
        #expect(record.recommendation?.contains("kubectl scale deployment/web --replicas=1 -n shop") == true)
        #expect(desk.cluster.writes.isEmpty)
        // A person takes it away.
        watch.apply { $0.apply([Store<Deployment>.Change.deleted(desk.cluster.deployment)]) }
        #expect(await eventually { log.all().first?.times.cleared != nil })
    }
}
