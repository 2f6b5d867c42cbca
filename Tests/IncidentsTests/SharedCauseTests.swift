import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Logging
import TestSupport
import Testing

@testable import Incidents

@Suite("What one thing does to many is told once")
struct SharedCauseTests {
    private static let names = ["cart", "search", "web"]

    private struct Silent: ServiceProbing {
        func answer(to probe: ServiceProbe) async -> ServiceAnswer? { nil }
    }

    private static func desk(_ cluster: BlindCluster, _ log: IncidentLog = IncidentLog()) -> IncidentDesk {
        IncidentDesk(
            .init(
                api: cluster, prober: Silent(), incidents: log,
                log: Logger(component: "HEAL", to: LogOutput(now: { "2026-01-01T00:00:00Z" }, sink: { _ in })),
                now: { Date() }, newID: { String(UInt64.random(in: 0 ... .max), radix: 16) }),
            policy: HealingPolicy(namespaces: ["shop"], settle: .milliseconds(20)),
            logDirectory: FileManager.default.temporaryDirectory.path)
    }

    private func watch(_ cluster: BlindCluster, _ desk: IncidentDesk) -> IncidentWatch {
        var windows = SymptomReader.Windows()
        windows.scalingBlind = 0
        windows.unready = 0
        windows.nodeDown = 0
        var mass = MassFailure.Limits()
        mass.settle = 0
        let watch = IncidentWatch(
            desk, machine: SymptomMachine(reader: SymptomReader(windows: windows), mass: mass), seed: 1)
        watch.apply { $0.apply(cluster.deployments.map { Store<Deployment>.Change.added($0) }) }
        watch.apply { $0.apply(cluster.pods.map { Store<Pod>.Change.added($0) }) }
        watch.apply { $0.apply(cluster.autoscalers().map { Store<HorizontalPodAutoscaler>.Change.added($0) }) }
        watch.apply { $0.apply(cluster.nodes.map { Store<Node>.Change.added($0) }) }
        watch.begin()
        return watch
    }

    @Test("a metrics API that is down is one incident, and every autoscaler its victim")
    func metrics() async throws {
        let cluster = BlindCluster(Self.names)
        let log = IncidentLog()
        let desk = Self.desk(cluster, log)
        let watch = watch(cluster, desk)
        let work = Task { await watch.run() }
        defer { work.cancel() }
        #expect(await eventually { (log.all().first?.victims ?? []).count == Self.names.count - 1 })
        let record = try #require(log.all().first)
        #expect(log.all().count == 1, "\(log.all().map(\.service))")
        #expect(record.cause == "metrics-down")
        #expect(record.state == .escalated)
        let all = Set((record.victims ?? []).map(\.name)).union([record.service])
        #expect(all == Set(Self.names))
        #expect(record.recommendation?.contains("kubectl describe apiservice v1beta1.metrics.k8s.io") == true)
        #expect(cluster.writeCount == 0)
    }

    @Test("a node that is lost is one incident, and every workload on it its victim")
    func node() async throws {
        let cluster = BlindCluster(Self.names, lostNode: "node7")
        let log = IncidentLog()
        let watch = watch(cluster, Self.desk(cluster, log))
        let work = Task { await watch.run() }
        defer { work.cancel() }
        #expect(await eventually { (log.all().first?.victims ?? []).count == Self.names.count - 1 })
        let record = try #require(log.all().first)
        #expect(log.all().count == 1, "\(log.all().map(\.service))")
        #expect(record.cause == "node-not-ready" && record.causeObject == "Node/node7")
        #expect(record.recommendation?.contains("kubectl describe node node7") == true)
        #expect(cluster.writeCount == 0)
    }

    @Test("what is a workload's own, or can be repaired, is never joined with another's")
    func own() {
        let pod = ObjectReference(kind: "Pod", namespace: "shop", name: "web-0")
        let write = ClusterWrite(.evict, of: pod, resource: .pods)
        func shared(_ cause: CauseID?, _ plan: Plan) -> Bool {
            IncidentWatch.shared(cause, plan, "Node/node1") != nil
        }
        let idle = Plan(.escalate, pod, detail: "nothing to do")
        #expect(shared(.nodeNotReady, idle) && shared(.webhookDown, idle) && shared(.diskPressure, idle))
        #expect(!shared(.nodeNotReady, Plan(.replace, pod, detail: "evict it", write: write)))
        #expect(!shared(.imageNotFound, idle) && !shared(nil, idle))
    }

    @Test("memory that may not be seen is asked for once, and not every minute")
    func unseenMemory() async {
        let cluster = BlindCluster(Self.names)
        let watch = watch(cluster, Self.desk(cluster))
        var paused: [String: Date] = [:]
        for _ in 0..<3 { await watch.sample(&paused) }
        #expect(cluster.measurementCount == 1)
    }

    @Test("what is down somewhere else is another incident, and so is what a person was told of")
    func elsewhere() async {
        let log = IncidentLog()
        let now = Date()
        var record = IncidentRecord(
            id: "1", trigger: .watch, namespace: "shop", service: "cart", issue: "blind", visible: now, detected: now)
        record.state = .escalated
        record.cause = "metrics-down"
        record.causeObject = "APIService/v1beta1.external.metrics.k8s.io"
        await log.open(record)
        let external = "APIService/v1beta1.external.metrics.k8s.io"
        #expect(log.unresolved(cause: "metrics-down", at: external)?.id == "1")
        #expect(log.unresolved(cause: "metrics-down", at: "APIService/v1beta1.metrics.k8s.io") == nil)
        await log.clear("1", now: now)
        #expect(log.unresolved(cause: "metrics-down", at: external) == nil)
    }

    @Test("it is over when the last of its victims is well, and not before")
    func over() {
        func deployment(_ name: String) -> WorkloadReference {
            WorkloadReference(kind: .deployment, namespace: "shop", name: name)
        }
        var told = ToldIncidents()
        told.tell(deployment("cart"), of: "1")
        told.tell(deployment("web"), of: "1")
        #expect(told.forget(deployment("cart")) == nil)
        #expect(told.forget(deployment("web")) == "1")
        #expect(told.forget(deployment("web")) == nil)
    }
}
