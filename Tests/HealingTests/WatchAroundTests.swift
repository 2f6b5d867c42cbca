import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

@Suite("What no pod shows becomes an incident, or does not")
struct WatchAroundTests {
    private let web = WatchScene.reference("web")
    private let cron = WorkloadReference(kind: .cronJob, namespace: "shop", name: "report")

    private func scene(_ names: String...) -> WatchScene {
        let scene = WatchScene()
        for name in names { scene.deploy(name) }
        for name in names { #expect(scene.see(name) == .rest(until: nil), "\(name) is well") }
        return scene
    }

    // MARK: - Autoscalers

    @Test("an autoscaler at its maximum with more load than it has pods for is told after a minute, and once")
    func maxed() {
        let scene = scene("web")
        scene.maxed("web", cpu: 90)
        #expect(!scene.opens("web", .fault(.autoscalerMaxed), within: 59))
        #expect(scene.opens("web", .fault(.autoscalerMaxed), within: 2))
        scene.ended("web", isOver: false, cause: .autoscalerMaxed)
        scene.maxed("web", cpu: 95)
        #expect(!scene.looks("web", within: 1700), "it is told once")
        // Between its target and what makes it act it is still the same story.
        scene.maxed("web", cpu: 53)
        #expect(!scene.looks("web", within: 60))
        scene.maxed("web", cpu: 40)
        guard case .rest(let until?) = scene.see("web") else {
            Issue.record("nobody waits for the end of it")
            return
        }
        scene.now = until
        #expect(scene.see("web") == .cleared)
    }

    @Test("an autoscaler at its maximum whose load is at its target has what it needs", arguments: [20, 50, 54])
    func nearTarget(cpu: Int) {
        let scene = scene("web")
        scene.maxed("web", cpu: cpu)
        #expect(!scene.looks("web", within: 3600))
    }

    @Test("an autoscaler has no figures in its first two minutes, and then it should")
    func blind() {
        let scene = scene("web")
        scene.scaler("web", "ScalingActive", "False", "FailedGetResourceMetric", message: "no metrics returned")
        #expect(!scene.looks("web", within: 120))
        #expect(scene.looks("web", within: 60))
    }

    @Test("figures that a missing request keeps away are not waited for")
    func missingRequest() {
        let scene = scene("web")
        scene.scaler("web", "ScalingActive", "False", "FailedGetResourceMetric", message: "missing request for cpu")
        #expect(scene.looks("web", within: 30))
    }

    @Test("an autoscaler that a zero switches off is not blind")
    func disabled() {
        let scene = scene("web")
        scene.scaler("web", "ScalingActive", "False", "ScalingDisabled")
        #expect(!scene.looks("web", within: 3600))
    }

    @Test("a look that something else led to does not tell of an autoscaler before its time")
    func early() {
        let scene = scene("web")
        scene.maxed("web", cpu: 90)
        scene.pod("web", "0", ready: false)
        #expect(!scene.opens("web", .fault(.autoscalerMaxed), within: 50))
        #expect(scene.opens("web", .fault(.autoscalerMaxed), within: 30))
    }

    @Test("metrics that are away blind every autoscaler, which is no mass failure: the services serve")
    func manyBlind() {
        let names = ["a", "b", "c", "d", "e"]
        let scene = WatchScene()
        for name in names {
            scene.deploy(name)
            scene.scaler(name, "ScalingActive", "False", "FailedGetResourceMetric", message: "no metrics")
            _ = scene.see(name)
        }
        scene.pass(300)
        for name in names { _ = scene.see(name) }
        #expect(scene.machine.massFailure(scene.now) == nil)
    }

    @Test("what was told half an hour ago and is the same is known")
    func reminder() {
        let scene = scene("web")
        scene.maxed("web", cpu: 90)
        #expect(scene.opens("web", .fault(.autoscalerMaxed), within: 90))
        scene.ended("web", isOver: false, cause: .autoscalerMaxed)
        #expect(scene.looks("web", within: 1900))
        guard case .open(let sighting) = scene.looked("web", .fault(.autoscalerMaxed)) else {
            Issue.record("not looked at again")
            return
        }
        #expect(sighting.isKnown)
    }

    // MARK: - Work that is to end

    @Test("a run that forbids the next is told once the next has waited as long as the two are apart")
    func blocked() {
        let scene = WatchScene()
        scene.cron("report", "* * * * *")
        scene.job("report-1", of: "report")
        #expect(scene.secondsUntilLook(cron, within: 119) == nil)
        #expect(scene.secondsUntilLook(cron, within: 2) == 1)
        guard case .open = scene.machine.looked(at: cron, .fault(.cronJobBlocked), now: scene.now) else {
            Issue.record("no incident")
            return
        }
        scene.machine.ended(cron, isOver: false, cause: .cronJobBlocked, now: scene.now)
        #expect(scene.secondsUntilLook(cron, within: 1700) == nil, "it is told once")
        scene.job("report-1", of: "report", active: 0, finished: "Complete")
        _ = scene.machine.see(cron, as: scene.cluster.workload(cron), now: scene.now)
        scene.pass(20)
        #expect(scene.machine.see(cron, as: scene.cluster.workload(cron), now: scene.now) == .cleared)
    }

    @Test(
        "a run within its time, of a suspended CronJob or of one whose times are not known is none too long",
        arguments: [("0 3 * * *", nil, false), ("* * * * *", nil, true), ("0 9 * * *", "Europe/Berlin", false)])
    func within(schedule: String, zone: String?, suspend: Bool) {
        let scene = WatchScene()
        scene.cron("report", schedule, zone: zone, suspend: suspend)
        scene.job("report-1", of: "report")
        #expect(scene.secondsUntilLook(cron, within: 7200) == nil)
    }

    @Test("a run that ends a moment after the next was due is no incident")
    func overlapping() {
        let scene = WatchScene()
        scene.cron("report", "*/5 * * * *")
        scene.job("report-1", of: "report")
        #expect(scene.secondsUntilLook(cron, within: 420) == nil)
        scene.job("report-1", of: "report", active: 0, finished: "Complete")
        #expect(scene.secondsUntilLook(cron, within: 3600) == nil)
    }

    @Test("a Job whose pod cannot start is told, and a CronJob's under its own name")
    func jobImage() {
        let load = WorkloadReference(kind: .job, namespace: "shop", name: "load")
        let scene = WatchScene()
        scene.job("load")
        scene.jobPod("load", waiting: "ContainerCreating")
        #expect(scene.secondsUntilLook(load, within: 60) == nil)
        scene.jobPod("load", waiting: "ImagePullBackOff")
        #expect(scene.secondsUntilLook(load, within: 60) == 30)
        scene.job("report-1", of: "report")
        scene.jobPod("report-1", waiting: "ImagePullBackOff")
        #expect(scene.secondsUntilLook(cron, within: 60) == 30)
    }

    @Test("a Job that cannot make a pod is told; one whose pods have come and gone is not")
    func noPods() {
        let load = WorkloadReference(kind: .job, namespace: "shop", name: "load")
        let scene = WatchScene()
        scene.job("load", active: 0)
        #expect(scene.secondsUntilLook(load, within: 60) == 30)
        scene.job("load", active: 1)
        #expect(scene.secondsUntilLook(load, within: 600) == nil)
    }

    // MARK: - Machines

    private func onNode() -> WatchScene {
        let scene = WatchScene()
        scene.onNode = "a"
        scene.deploy("web")
        _ = scene.see("web")
        return scene
    }

    @Test("a node that is not ready is told though its pods still serve, and is over when it is back")
    func nodeDown() {
        let scene = onNode()
        scene.node("a", ready: "False")
        #expect(scene.opens("web", .fault(.runtimeDown), within: 12))
        scene.ended("web", isOver: false, cause: .runtimeDown)
        // Its pods are marked and marked back.
        for isReady in [false, true, false, true] {
            scene.pod("web", "0", ready: isReady)
            #expect(!scene.opens("web", .fault(.runtimeDown), within: 30), "it is told once")
        }
        scene.node("a")
        _ = scene.see("web")
        scene.pass(20)
        #expect(scene.see("web") == .cleared)
    }

    @Test("a node that is cordoned, that only joins, or that is back within moments is no incident")
    func nodeAtWork() {
        let cordoned = onNode()
        cordoned.node("a", ready: "False", cordoned: true)
        #expect(!cordoned.looks("web", within: 600))
        let joining = onNode()
        joining.node("a", ready: "False", age: 1)
        #expect(!joining.looks("web", within: 600))
        let brief = onNode()
        brief.node("a", ready: "Unknown")
        #expect(!brief.looks("web", within: 5))
        brief.node("a")
        #expect(!brief.looks("web", within: 600))
    }

    @Test("pods on another node that are enough make a lost node no incident of theirs")
    func enoughElsewhere() {
        let scene = onNode()
        scene.onNode = "b"
        scene.pod("web", "2")
        scene.pod("web", "3")
        scene.node("a", ready: "Unknown")
        #expect(!scene.looks("web", within: 600))
    }

    @Test("a node that is about to evict is told once it has had its time to make room")
    func pressure() {
        let scene = onNode()
        scene.node("a", pressure: true)
        #expect(!scene.looks("web", within: 50))
        #expect(scene.looks("web", within: 20))
    }

    @Test("pods that stay on a cordoned node are looked at once, and again when their number changes")
    func cordoned() {
        let scene = onNode()
        scene.node("a", cordoned: true)
        #expect(scene.cluster.nodeTroubles == ["node a: cordoned"])
        #expect(!scene.looks("web", within: 80))
        #expect(!scene.opens("web", .healthy, within: 20))
        #expect(!scene.looks("web", within: 3600), "a cordoned node is nobody's fault")
        scene.pod("web", "2")
        #expect(scene.opens("web", .fault(.budgetBlocks), within: 100))
        scene.ended("web", isOver: false, cause: .budgetBlocks)
        scene.node("a")
        guard case .rest(let until?) = scene.see("web") else {
            Issue.record("nobody waits for the end of it")
            return
        }
        scene.now = until
        #expect(scene.see("web") == .cleared)
    }

    @Test("a full node where pods are leaving is a rollout under way, and one where none leaves is a fault")
    func makingRoom() {
        let cause = Cause(
            id: .nodeFull, summary: "The nodes are full.",
            object: ObjectReference(kind: "Deployment", namespace: "shop", name: "web"))
        let verdict = Verdict(target: web, healthy: false, cause: cause, findings: [])
        #expect(Look(verdict, Plan(.wait, cause.object, detail: "")) == .recovering("The nodes are full."))
        #expect(Look(verdict, Plan(.escalate, cause.object, detail: "")) == .fault(.nodeFull))
    }
}
