import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("What a watch shows becomes an incident, or does not")
struct SymptomMachineTests {
    private func scene(_ names: String...) -> WatchScene {
        let scene = WatchScene()
        for name in names { scene.deploy(name) }
        for name in names { #expect(scene.see(name) == .rest(until: nil), "\(name) is well") }
        return scene
    }

    @Test("a normal rollout is no incident")
    func rollout() {
        let scene = scene("web")
        scene.deployment(
            "web", .init(ready: 2, generation: 2, observed: 1))
        #expect(scene.see("web") == .rest(until: nil))
        scene.deployment("web", .init(ready: 2, generation: 2, progressing: "ReplicaSetUpdated"))
        scene.pod("web", "new", ready: false)
        #expect(!scene.looks("web", within: 15))
        scene.pod("web", "new", ready: true)
        scene.pod("web", "0", isGone: true)
        #expect(scene.see("web") == .rest(until: nil))
    }

    @Test("one deleted pod that is replaced while the others serve is noise")
    func noise() {
        let scene = scene("web")
        scene.pod("web", "0", isGone: true)
        #expect(!scene.looks("web", within: 5))
        scene.pod("web", "2", ready: false)
        #expect(!scene.looks("web", within: 5))
        scene.pod("web", "2")
        #expect(scene.see("web") == .rest(until: nil))
    }

    @Test("what is on its way back is looked at again, and no incident")
    func recovering() {
        let scene = scene("web")
        scene.pod("web", "0", ready: false)
        #expect(!scene.opens("web", .recovering("slow start"), within: 300))
        scene.pod("web", "0")
        #expect(scene.see("web") == .rest(until: nil))
    }

    @Test("what nothing explains is an incident once it has lasted")
    func riddle() {
        let scene = scene("web")
        scene.pod("web", "0", ready: false)
        #expect(!scene.opens("web", .unexplained, within: 25))
        #expect(scene.opens("web", .unexplained, within: 30))
    }

    @Test("a crash loop is looked at within two seconds and opens an incident")
    func crashLoop() {
        let scene = scene("web")
        scene.pod("web", "0", ready: false, waiting: "CrashLoopBackOff", restarts: 3)
        let before = scene.now
        #expect(scene.opens("web", .fault(.crashNewRevision), within: 2))
        #expect(scene.now.timeIntervalSince(before) <= 2)
    }

    @Test(
        "what keeps a container from starting is seen within two seconds, in a rollout too",
        arguments: ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"])
    func notStarting(reason: String) {
        let scene = scene("web")
        scene.deployment("web", .init(ready: 2, generation: 2, progressing: "ReplicaSetUpdated"))
        scene.pod("web", "new", ready: false, waiting: reason)
        #expect(scene.looks("web", within: 2))
    }

    @Test("a workload scaled to zero is left alone for as long as a person may be at work")
    func zero() {
        let scene = scene("web")
        scene.deployment("web", .init(replicas: 0, ready: 0, generation: 2))
        scene.pod("web", "0", isGone: true)
        scene.pod("web", "1", isGone: true)
        #expect(!scene.opens("web", .fault(.scaledToZero), within: 29))
        #expect(scene.opens("web", .fault(.scaledToZero), within: 2))
    }

    @Test("a workload that was never seen to run is not missed")
    func alwaysZero() {
        let scene = WatchScene()
        scene.deployment("web", .init(replicas: 0, ready: 0))
        #expect(scene.see("web") == .rest(until: nil))
    }

    @Test("a zero that somebody wants is asked about once, and again when its owner changes it")
    func intended() {
        let scene = scene("web")
        scene.deployment("web", .init(replicas: 0, ready: 0, generation: 2))
        #expect(scene.looks("web", within: 31))
        #expect(scene.looked("web", .intended("paused")) == .rest(until: nil))
        scene.pass(3600)
        #expect(scene.see("web") == .rest(until: nil))
        scene.deployment("web", .init(replicas: 0, ready: 0, generation: 2, annotations: ["x": "y"]))
        #expect(scene.looks("web", within: 31))
    }

    @Test("cortex.io/heal: off is not even looked at")
    func off() {
        let scene = scene("web")
        scene.deployment("web", .init(annotations: ["cortex.io/heal": "off"]))
        scene.pod("web", "0", ready: false, waiting: "CrashLoopBackOff", restarts: 9)
        #expect(!scene.looks("web", within: 600))
    }

    @Test("a Service that leads to none of the pods it used to lead to is a symptom")
    func noEndpoints() {
        let scene = scene("web")
        scene.service("web", app: "wbe")
        scene.endpoints("web", 0)
        #expect(scene.opens("web", .fault(.serviceSelector), within: 5))
    }

    @Test("a Service that is deleted is missed, one that is applied anew is not")
    func serviceDeleted() {
        let scene = scene("web")
        scene.service("web", isGone: true)
        #expect(!scene.looks("web", within: 5))
        scene.service("web")
        #expect(scene.see("web") == .rest(until: nil))
        scene.service("web", isGone: true)
        #expect(scene.looks("web", within: 10))
    }

    @Test("a Service whose port was changed is asked once whether it still answers")
    func servicePort() {
        let scene = scene("web")
        let changed = WatchScene.service("web", app: "web", version: "2", port: 9999)
        _ = scene.cluster.apply([.updated(old: WatchScene.service("web", app: "web"), new: changed)])
        scene.pass(0)
        _ = scene.see("web")
        scene.pass(3)
        #expect(scene.see("web") == .look(asksService: true))
        #expect(scene.looked("web", .healthy) == .rest(until: nil))
        #expect(scene.see("web") == .rest(until: nil))
    }

    @Test("pods that nobody may create are a symptom")
    func refused() {
        let scene = scene("web")
        scene.deployment("web", .init(ready: 1, refusal: "exceeded quota"))
        #expect(scene.looks("web", within: 4))
    }

    @Test("what a person was told is not told again while it is the same, and is over when it is")
    func escalated() {
        let scene = scene("web")
        scene.pod("web", "0", ready: false, waiting: "CrashLoopBackOff", restarts: 3)
        #expect(scene.opens("web", .fault(.crashOnlyRevision), within: 2))
        scene.ended("web", isOver: false, cause: .crashOnlyRevision)
        #expect(!scene.opens("web", .fault(.crashOnlyRevision), within: 1200))
        // Between two crashes it runs for a moment.
        scene.pod("web", "0")
        #expect(scene.see("web") != .cleared)
        scene.pass(20)
        #expect(scene.see("web") == .cleared)
    }

    @Test("a change of the spec is looked at anew")
    func changedAfterEscalation() {
        let scene = scene("web")
        scene.pod("web", "0", ready: false, waiting: "ErrImagePull")
        #expect(scene.opens("web", .fault(.imageNotFound), within: 3))
        scene.ended("web", isOver: false, cause: .imageNotFound)
        scene.deployment("web", .init(generation: 3))
        scene.pass(3)
        #expect(scene.looks("web", within: 3))
    }

    @Test("a Job that gave up is told once, and one that is done never")
    func jobs() {
        let scene = WatchScene()
        for (name, condition) in [("lost", "Failed"), ("done", "Complete")] {
            let job: Job = Scene.decode([
                "metadata": ["name": .string(name), "namespace": "shop"],
                "spec": ["template": ["spec": ["containers": []]]],
                "status": ["conditions": [["type": .string(condition), "status": "True", "reason": "x"]]],
            ])
            _ = scene.cluster.apply([Store<Job>.Change.added(job)])
        }
        let lost = WorkloadReference(kind: .job, namespace: "shop", name: "lost")
        let done = WorkloadReference(kind: .job, namespace: "shop", name: "done")
        _ = scene.machine.see(lost, as: scene.cluster.workload(lost), now: scene.now)
        scene.pass(1)
        let step = scene.machine.see(lost, as: scene.cluster.workload(lost), now: scene.now)
        #expect(step == .look(asksService: false))
        #expect(scene.machine.see(done, as: scene.cluster.workload(done), now: scene.now) == .rest(until: nil))
    }

    @Test("runs that fail are told of their CronJob, once, until one of them succeeds")
    func cronJob() {
        let scene = WatchScene()
        func run(_ number: Int, _ condition: String) {
            let job: Job = Scene.decode([
                "metadata": [
                    "name": .string("nightly-\(number)"), "namespace": "shop",
                    "creationTimestamp": .string("2026-01-01T00:0\(number):00Z"),
                    "ownerReferences": [
                        [
                            "apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "c",
                            "controller": true,
                        ]
                    ],
                ],
                "spec": ["template": ["spec": ["containers": []]]],
                "status": ["conditions": [["type": .string(condition), "status": "True", "reason": "x"]]],
            ])
            _ = scene.cluster.apply([Store<Job>.Change.added(job)])
        }
        let cron = WorkloadReference(kind: .cronJob, namespace: "shop", name: "nightly")
        func see() -> SymptomMachine.Step {
            scene.machine.see(cron, as: scene.cluster.workload(cron), now: scene.now)
        }
        run(1, "Failed")
        #expect(scene.cluster.references == [cron], "its Jobs are no workloads of their own")
        _ = see()
        scene.pass(1)
        #expect(see() == .look(asksService: false))
        guard case .open = scene.machine.looked(at: cron, .fault(.jobFailed), now: scene.now) else {
            Issue.record("no incident")
            return
        }
        scene.machine.ended(cron, isOver: false, cause: .jobFailed, now: scene.now)
        run(2, "Failed")
        scene.pass(60)
        guard case .rest = see() else {
            Issue.record("told again of the same")
            return
        }
        run(3, "Complete")
        _ = see()
        scene.pass(60)
        #expect(see() == .cleared)
    }

    @Test("more than half of the workloads failing at once stop everything")
    func massFailure() {
        let scene = scene("a", "b", "c", "d", "e", "f", "g")
        for name in ["a", "b", "c", "d"] {
            scene.pod(name, "0", ready: false, waiting: "CrashLoopBackOff", restarts: 3)
            _ = scene.see(name)
        }
        scene.pass(1)
        guard case .look = scene.see("a"), case .massFailure(let failure) = scene.looked("a", .fault(.crashNewRevision))
        else {
            Issue.record("no mass failure")
            return
        }
        #expect(failure.failing.count == 4)
        #expect(failure.watched == 7)
    }

    @Test(
        "two or three faults at once on a small cluster are so many faults, each handled once the others are known",
        arguments: [["a", "b"], ["a", "b", "c"]])
    func fewFaults(failing: [String]) {
        for others in [[], ["d"]] {
            let scene = WatchScene()
            for name in failing + others {
                scene.deploy(name)
                _ = scene.see(name)
            }
            for name in failing {
                scene.pod(name, "0", ready: false, waiting: "CrashLoopBackOff", restarts: 3)
                _ = scene.see(name)
            }
            #expect(scene.machine.massFailure(scene.now) == nil, "it would hold what requests need as well")
            for name in failing { #expect(scene.opens(name, .fault(.crashNewRevision), within: 4)) }
        }
    }
}
