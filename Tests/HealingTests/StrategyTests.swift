import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("Strategies")
struct StrategyTests {
    private static func node(memory: String) -> Node {
        Scene.decode(["metadata": ["name": "n"], "status": ["allocatable": ["memory": .string(memory)]]])
    }

    /// A Deployment whose only revision is killed at its limit.
    private func starved(_ change: (inout Snapshot) -> Void = { _ in }) -> Snapshot {
        var scene = Scene()
        scene.ready = 0
        var snapshot = scene.snapshot
        snapshot.nodes = [Self.node(memory: "4Gi")]
        snapshot.deployments[0].spec.template.spec.containers[0].resources = Scene.decode([
            "limits": ["memory": "64Mi"]
        ])
        for index in snapshot.pods.indices {
            snapshot.pods[index].status?.containerStatuses?[0].lastState = Scene.decode([
                "terminated": [
                    "exitCode": 137, "reason": "OOMKilled", "startedAt": scene.time(9), "finishedAt": scene.time(5),
                ]
            ])
        }
        change(&snapshot)
        return snapshot
    }

    private func plan(_ id: CauseID, in snapshot: Snapshot, remembered: Remembered = Remembered()) -> Plan {
        var cause = Cause(
            id: id, summary: "It is so.", object: snapshot.deployments[0].reference,
            pods: snapshot.pods.map(\.reference))
        cause.confidence = 0.9
        let verdict = Verdict(
            target: WorkloadReference(kind: .deployment, namespace: "shop", name: "web"), healthy: false, cause: cause,
            findings: [])
        return Planner.plan(for: verdict, snapshot: snapshot, policy: Scene.policy(), remembered: remembered)
    }

    @Test("every cause has a strategy, and every strategy a name of its own, its conditions and its way back")
    func table() {
        let cards = Strategies.cards
        #expect(Set(cards.map(\.name)).count == cards.count)
        for card in cards {
            #expect(!card.causes.isEmpty && !card.preconditions.isEmpty && !card.steps.isEmpty)
            #expect(!card.verification.isEmpty && !card.undo.isEmpty)
            // What writes has a right, what looks on has none.
            #expect(card.rights.isEmpty == (card.reach == .observe), "\(card.name)")
        }
        #expect(cards.last?.causes == CauseID.allCases, "whatever no other strategy treats is told to a person")
    }

    @Test("a memory limit is doubled once, with a mark in the same write that says so")
    func memory() throws {
        let plan = plan(.oomLimitLow, in: starved())
        #expect(plan.action == .memory)
        #expect(plan.write?.change == .memory(container: "web", from: "64Mi", to: "128Mi"))
        #expect(plan.undo?.change == .memory(container: "web", from: "128Mi", to: "64Mi"))
        let request = try #require(plan.write?.request())
        #expect(request.hasPrecondition)
        let body = try JSONCoding.decode(JSONValue.self, from: try #require(request.body))
        #expect(body["metadata"]?["resourceVersion"]?.stringValue == "100")
        #expect(body["metadata"]?["annotations"]?[MemoryMark.annotation]?.stringValue == "64Mi → 128Mi")
        let container = body["spec"]?["template"]?["spec"]?["containers"]?[0]
        #expect(container?["resources"]?["limits"]?["memory"]?.stringValue == "128Mi")
    }

    @Test(
        "a memory limit is not raised again, nor for what grows, nor beyond a quarter of a node",
        arguments: ["raised", "grows", "small node", "no limit"])
    func noMemory(_ reason: String) {
        let snapshot = starved { snapshot in
            switch reason {
            case "raised": snapshot.deployments[0].metadata.annotations?[MemoryMark.annotation] = "32Mi → 64Mi"
            case "grows":
                for index in snapshot.pods.indices {
                    snapshot.pods[index].status?.containerStatuses?[0].lastState?.terminated?.startedAt =
                        snapshot.takenAt.addingTimeInterval(-7200)
                }
            case "small node": snapshot.nodes = [Self.node(memory: "256Mi")]
            default: snapshot.deployments[0].spec.template.spec.containers[0].resources = nil
            }
        }
        let plan = plan(.oomLimitLow, in: snapshot)
        #expect(plan.action == .escalate)
        #expect(plan.write == nil)
    }

    private static func kills(_ before: Double, _ now: Double, _ snapshot: Snapshot) -> [MemoryUsage.Kill] {
        [(before, 32.0), (now, 64.0)].map { seconds, limit in
            MemoryUsage.Kill(
                pod: "web", container: "web", startedAt: snapshot.takenAt.addingTimeInterval(-100),
                finishedAt: snapshot.takenAt.addingTimeInterval(seconds - 100), limit: limit * 1_048_576)
        }
    }

    @Test("what needs far more than its limit is told to a person, of what grows it is said that more only buys time")
    func curve() {
        let hungry = plan(.oomLimitLow, in: starved { $0.memory.kills = Self.kills(20, 20, $0) })
        #expect(hungry.action == .escalate)
        let leaking = plan(.oomLimitLow, in: starved { $0.memory.kills = Self.kills(20, 40, $0) })
        #expect(leaking.action == .memory)
        #expect(leaking.detail.contains("only buys time"))
    }

    @Test("whatever a log or a refusal hints at, a person is told something else than the cause alone tells")
    func hints() {
        let snapshot = starved()
        for hint in CauseHint.allCases {
            var cause = Cause(
                id: .crashOnlyRevision, summary: "It is so.", object: snapshot.deployments[0].reference,
                pods: snapshot.pods.map(\.reference))
            let workload = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
            let plain = Advice.text(for: cause, workload)
            cause.hint = hint
            #expect(Advice.text(for: cause, workload) != plain, "\(hint)")
            #expect(Advice.text(for: cause, workload).contains("kubectl"), "\(hint)")
        }
    }

    @Test("a leak is told to a person")
    func leak() { #expect(plan(.oomLeak, in: starved()).action == .escalate) }

    private func deleted() -> (Snapshot, Service) {
        let whole = Scene().snapshot
        var snapshot = whole
        snapshot.services = []
        snapshot.endpoints = []
        return (snapshot, whole.services[0])
    }

    private func planForDeleted(_ snapshot: Snapshot, _ service: Service?) -> Plan {
        var verdict = Verdict(
            target: WorkloadReference(kind: .deployment, namespace: "shop", name: "web"), healthy: false, cause: nil,
            findings: [])
        let object = ObjectReference(kind: "Service", namespace: "shop", name: "web")
        verdict.cause = Cause(id: .serviceDeleted, summary: "It is gone.", object: object)
        let services = service.map { [$0] } ?? []
        return Planner.plan(
            for: verdict, snapshot: snapshot, policy: Scene.policy(), remembered: Remembered(services: services))
    }

    @Test("a deleted Service is made again only as Cortex saw it")
    func recreation() throws {
        let (snapshot, service) = deleted()
        let plan = planForDeleted(snapshot, service)
        #expect(plan.action == .repair)
        let request = try #require(plan.write?.request())
        #expect(request.path == "/api/v1/namespaces/shop/services")
        let body = try JSONCoding.decode(JSONValue.self, from: try #require(request.body))
        #expect(body["spec"]?["selector"]?["app"]?.stringValue == "web")
        #expect(body["spec"]?["clusterIP"] == nil, "its old address may be another's now")
        #expect(body["metadata"]?["uid"] == nil)
        #expect(planForDeleted(snapshot, nil).write == nil)
        var other = service
        other.spec.selector = ["app": "other"]
        #expect(planForDeleted(snapshot, other).write == nil, "it would not find these pods")
    }

    @Test("waiting says for what")
    func waiting() {
        let plan = plan(.slowStart, in: starved())
        #expect(plan.action == .wait)
        #expect(plan.detail.contains("s so far"))
    }

    @Test("every cause says what not to do and why, where something tempts")
    func avoiding() {
        let object = ObjectReference(kind: "Deployment", name: "web")
        let silent = CauseID.allCases.filter { Advice.avoid(Cause(id: $0, summary: "", object: object)) == nil }
        #expect(silent == [.forbidden])
    }

    @Test("the one that another waits for is healed, under its own guards")
    func dependency() {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        var snapshot = scene.snapshot
        var cause = Cause(id: .dependencyDown, summary: "It waits.", object: snapshot.deployments[0].reference)
        cause.dependency = Target(kind: "Service", namespace: "shop", name: "web")
        let verdict = Verdict(
            target: WorkloadReference(kind: .deployment, namespace: "shop", name: "front"), healthy: false,
            cause: cause, findings: [])
        let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        snapshot.recall(Remembered(replicas: [web: RememberedCount(3)]))
        let plan = Planner.plan(for: verdict, snapshot: snapshot, policy: Scene.policy())
        #expect(plan.write?.object.name == "web")
        #expect(plan.write?.change == .scale(from: 0, to: 3))
        #expect(plan.detail.hasPrefix("Deployment/front waits for Deployment/web"))
        #expect(plan.workload?.name == "web", "whose lease is taken")
        snapshot.deployments[0].metadata.annotations = ["cortex.io/heal": "off"]
        #expect(Planner.plan(for: verdict, snapshot: snapshot, policy: Scene.policy()).write == nil)
    }
}
