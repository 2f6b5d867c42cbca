import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("How long a start takes")
struct StartTests {
    private static let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")

    /// A pod of Deployment `web` that was made at the scene's start; times are seconds after that.
    private static func pod(ready: Double?, changed: Double = 0, started: Double? = nil, restarts: Int64 = 0) -> Pod {
        func time(_ seconds: Double) -> JSONValue {
            .string(RFC3339.string(from: Scene.start.addingTimeInterval(seconds)))
        }
        var state: JSONValue = ["waiting": ["reason": "ContainerCreating"]]
        if let started { state = ["running": ["startedAt": time(started)]] }
        return Scene.decode([
            "metadata": [
                "name": "web-5f4-a", "namespace": "shop", "uid": "p1", "creationTimestamp": time(0),
                "labels": ["pod-template-hash": "5f4"],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5f4", "uid": "r1",
                        "controller": true,
                    ]
                ],
            ],
            "spec": ["containers": [["name": "web", "image": "web:1"]], "nodeName": "n"],
            "status": [
                "phase": "Running",
                "conditions": [
                    [
                        "type": "Ready", "status": ready == nil ? "False" : "True",
                        "lastTransitionTime": time(ready ?? changed),
                    ]
                ],
                "containerStatuses": [
                    [
                        "name": "web", "ready": .bool(ready != nil), "restartCount": .integer(restarts),
                        "state": state,
                    ]
                ],
            ],
        ])
    }

    @Test("a pod that becomes ready for the first time tells how long its workload takes")
    func learned() {
        let start = PodStart(from: Self.pod(ready: nil), to: Self.pod(ready: 12, started: 3))
        #expect(start?.workload == Self.web)
        #expect(start?.seconds == 12)
    }

    @Test("a pod that was ready before, or whose process ended, tells nothing of starts")
    func notLearned() {
        let regained = PodStart(
            from: Self.pod(ready: nil, changed: 500, started: 3), to: Self.pod(ready: 520, started: 3))
        #expect(regained == nil)
        let restarted = PodStart(
            from: Self.pod(ready: nil, started: 30, restarts: 1), to: Self.pod(ready: 40, started: 30, restarts: 1))
        #expect(restarted == nil)
        #expect(PodStart(from: Self.pod(ready: 12, started: 3), to: Self.pod(ready: 12, started: 3)) == nil)
    }

    @Test("one slow start does not change what is usual, and old ones are forgotten")
    func usual() {
        #expect(StartTimes().usual == nil)
        #expect(StartTimes([11, 12, 300]).usual == 12)
        var times = StartTimes(Array(repeating: 300, count: StartTimes.limit))
        for _ in 0..<StartTimes.limit { times.add(5) }
        #expect(times.usual == 5)
        #expect(times.seconds.count == StartTimes.limit)
    }

    /// Pods of `web` that are starting, the oldest made 110 s ago.
    private func plan(_ id: CauseID, usual: Double?, later seconds: Double = 0, pulling: Bool = false) -> Plan {
        var scene = Scene()
        scene.ready = 0
        if pulling { scene.waiting = ("ContainerCreating", "") }
        var snapshot = scene.snapshot
        if pulling {
            snapshot.events = [
                Scene.decode([
                    "metadata": ["name": "web.1", "namespace": "shop"], "reason": "Pulling", "type": "Normal",
                    "involvedObject": ["kind": "Pod", "name": "web-1-0", "namespace": "shop"],
                    "lastTimestamp": scene.time(90), "message": "Pulling image \"web:1\"",
                ])
            ]
            snapshot.pods[0].spec.nodeName = "n"
        }
        snapshot.takenAt = snapshot.takenAt.addingTimeInterval(seconds)
        let cause = Cause(
            id: id, summary: "It is so.", object: snapshot.deployments[0].reference,
            pods: snapshot.pods.map(\.reference))
        let verdict = Verdict(target: Self.web, healthy: false, cause: cause, findings: [])
        let remembered = Remembered(startTimes: usual.map { [Self.web: StartTimes([$0])] } ?? [:])
        return Planner.plan(for: verdict, snapshot: snapshot, policy: Scene.policy(), remembered: remembered)
    }

    @Test("waiting says what is done, for how long, how long it usually takes, and when it looks again")
    func words() {
        let plan = plan(.podDeleted, usual: 12, pulling: true)
        #expect(plan.action == .wait)
        #expect(plan.detail == "It is so, pulling the image, 110 s so far; its usual start takes 12 s; waiting")
        #expect(plan.waitUntil == Scene.start.addingTimeInterval(-110 + 120))
    }

    @Test("what takes many times as long as usual is not waited for, and a person is told why")
    func overdue() {
        let plan = plan(.slowStart, usual: 12, later: 30)
        #expect(plan.action == .escalate)
        #expect(plan.detail.contains("140 s so far; its usual start takes 12 s"), "\(plan.detail)")
        #expect(plan.write == nil)
        let cause = Cause(id: .slowStart, summary: "", object: plan.object)
        let verdict = Verdict(target: Self.web, healthy: false, cause: cause, findings: [])
        #expect(Look(verdict, plan) == .fault(.slowStart))
    }

    @Test("what is slow by nature is given its time, and so is what nobody ever saw start")
    func patience() {
        #expect(plan(.slowStart, usual: 90, later: 200).action == .wait)
        #expect(plan(.slowStart, usual: 90, later: 300).action == .escalate)
        #expect(plan(.slowStart, usual: nil, later: 300).action == .wait)
        #expect(Scene.policy().patience(usualStart: 2) == 120)
    }
}
