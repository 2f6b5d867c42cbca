import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

@Suite("A healing, step by step")
struct HealingMachineTests {
    private let refused = ServiceAnswer(kind: .connectionRefused, message: "connection refused")
    private let good = ServiceAnswer(kind: .ok, message: "it answers")

    /// A healing whose first look found the scene.
    private func begin(
        _ scene: Scene, reported: ServiceAnswer? = nil, policy: HealingPolicy = Scene.policy(),
        remembered: [WorkloadReference: Int] = [:]
    ) -> (machine: HealingMachine, effects: [HealingEffect]) {
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: policy, reported: reported,
            remembered: Remembered(replicas: remembered.mapValues { RememberedCount($0) }),
            startedAt: scene.now)
        #expect(machine.start() == [.observe(.everything)])
        let effects = machine.on(.observed(scene.snapshot), now: scene.now)
        return (machine, effects)
    }

    private func write(in effects: [HealingEffect]) -> ClusterWrite? {
        effects.lazy.compactMap { if case .write(let write) = $0 { write } else { nil } }.first
    }

    private func outcome(in effects: [HealingEffect]) -> HealingOutcome? {
        effects.lazy.compactMap { if case .finish(let outcome) = $0 { outcome } else { nil } }.first
    }

    private func zero() -> Scene {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        return scene
    }

    @Test(
        "a request has waited long enough when the service answers and the last pods only start; others wait for them",
        arguments: [true, false])
    func serving(endsWhenServing: Bool) {
        let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        var policy = Scene.policy()
        policy.endsWhenServing = endsWhenServing
        var (machine, effects) = begin(zero(), reported: refused, policy: policy, remembered: [web: 3])
        _ = machine.on(.written, now: Scene.start)
        var scene = Scene()
        (scene.replicas, scene.ready) = (3, 1)
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        #expect(outcome(in: machine.on(.answered(good, pods: [:]), now: scene.now)) == nil, "not held yet")
        scene.now = Scene.start.addingTimeInterval(1.25)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        effects = machine.on(.answered(good, pods: [:]), now: scene.now)
        #expect(outcome(in: effects)?.kind == (endsWhenServing ? .healed : nil))
        #expect(outcome(in: effects)?.message.contains("1 of 3 replicas ready") == (endsWhenServing ? true : nil))
    }

    @Test(
        "a Deployment at zero gets the count back that Cortex remembers, and is healed once it answers and goes on to")
    func scaledToZero() {
        let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        var (machine, effects) = begin(zero(), reported: refused, remembered: [web: 3])
        #expect(write(in: effects)?.change == .scale(from: 0, to: 3))
        effects = machine.on(.written, now: Scene.start)
        #expect(effects.contains(.observe(.progress(web))))
        var scene = Scene()
        (scene.replicas, scene.ready) = (3, 3)
        scene.now = Scene.start.addingTimeInterval(1)
        effects = machine.on(.observed(scene.snapshot), now: scene.now)
        #expect(effects.contains(.probe(deep: false)))
        effects = machine.on(.answered(good, pods: [:]), now: scene.now)
        #expect(outcome(in: effects) == nil, "one answer is not held for the settle time")
        let held = scene.now.addingTimeInterval(0.25)
        #expect(machine.wakeAt == held)
        _ = machine.on(.woke, now: held)
        _ = machine.on(.observed(scene.snapshot), now: held)
        let end = outcome(in: machine.on(.answered(good, pods: [:]), now: held))
        #expect(end?.kind == .healed)
        #expect(end?.action == .scale)
        #expect(end?.message == "Scaled Deployment/web from 0 to 3 replicas")
    }

    @Test("an address that does not answer yet is asked again beside the next look, and without one it is not asked")
    func askedBesideTheNextLook() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.written, now: Scene.start)
        _ = machine.on(.observed(zero().snapshot), now: Scene.start)
        var now = Scene.start.addingTimeInterval(0.5)
        #expect(machine.on(.woke, now: now) == [.observe(.progress(machine.verdict?.target))])
        var scene = Scene()
        (scene.replicas, scene.ready) = (2, 2)
        #expect(machine.on(.observed(scene.snapshot), now: now).contains(.probe(deep: false)))
        _ = machine.on(.answered(refused, pods: [:]), now: now)
        now = now.addingTimeInterval(0.05)
        #expect(machine.wakeAt == now)
        #expect(
            machine.on(.woke, now: now)
                == [.observe(.progress(machine.verdict?.target)), .probe(deep: false)])
    }

    @Test("a second fault, which only the answer shows once the first is gone, is repaired as well")
    func secondFault() {
        let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        var scene = zero()
        scene.targetPort = .int(9999)
        var (machine, effects) = begin(scene, reported: refused, remembered: [web: 2])
        #expect(write(in: effects)?.change == .scale(from: 0, to: 2))
        _ = machine.on(.written, now: Scene.start)
        (scene.replicas, scene.ready) = (2, 2)
        for second in 1...6 where write(in: effects)?.action != .repair {
            scene.now = Scene.start.addingTimeInterval(Double(second))
            _ = machine.on(.observed(scene.snapshot), now: scene.now)
            effects = machine.on(.answered(refused, pods: [:]), now: scene.now)
        }
        #expect(write(in: effects)?.change == .targetPort(index: 0, .string("http")))
    }

    @Test("one good answer of a half-ready workload is not a healing")
    func halfReady() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.written, now: Scene.start)
        var scene = Scene()
        (scene.replicas, scene.ready) = (2, 1)
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        for second in [1.0, 2, 2.5] {
            let now = Scene.start.addingTimeInterval(second)
            #expect(outcome(in: machine.on(.answered(good, pods: [:]), now: now)) == nil)
        }
    }

    @Test("a healthy service is left alone, whatever the call before said", arguments: [true, false])
    func healthy(isReported: Bool) {
        var (machine, effects) = begin(Scene(), reported: isReported ? refused : nil)
        #expect(write(in: effects) == nil)
        effects = machine.on(.answered(good, pods: [:]), now: Scene.start)
        #expect(outcome(in: effects)?.kind == .recovered)
        #expect(outcome(in: effects)?.action == Healing.Action.none)
    }

    @Test("a conflict means: look again and decide again, not write again")
    func conflict() {
        var (machine, effects) = begin(zero(), reported: refused)
        #expect(write(in: effects) != nil)
        effects = machine.on(.refused(.status(APIStatus(code: 409, reason: "Conflict"))), now: Scene.start)
        #expect(write(in: effects) == nil)
        #expect(effects.contains(.observe(.everything)))
        // Somebody else scaled it up meanwhile.
        effects = machine.on(.observed(Scene().snapshot), now: Scene.start)
        #expect(write(in: effects) == nil)
        #expect(effects.contains(.probe(deep: false)))
    }

    @Test("a write without an answer that took place is not sent again")
    func unknownWriteThatTookPlace() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.refused(.unknown("timed out")), now: Scene.start)
        var scene = Scene()
        (scene.replicas, scene.ready) = (1, 0)
        scene.waiting = ("ContainerCreating", "")
        let effects = machine.on(.observed(scene.snapshot), now: Scene.start)
        #expect(write(in: effects) == nil)
        #expect(machine.writes.count == 1)
    }

    @Test("a write without an answer that did not take place is decided anew")
    func unknownWriteThatWasLost() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.refused(.unknown("timed out")), now: Scene.start)
        let effects = machine.on(.observed(zero().snapshot), now: Scene.start)
        #expect(write(in: effects)?.change == .scale(from: 0, to: 1))
        #expect(machine.writes.isEmpty)
    }

    @Test("a missing right ends the healing and names the rule")
    func forbidden() {
        var (machine, _) = begin(zero(), reported: refused)
        let message =
            "deployments.apps \"web\" is forbidden: User \"x\" cannot patch resource \"deployments/scale\" in API "
            + "group \"apps\" in the namespace \"shop\""
        let error = APIError.status(APIStatus(code: 403, reason: "Forbidden", message: message))
        let end = outcome(in: machine.on(.refused(error), now: Scene.start))
        #expect(end?.kind == .escalated)
        #expect(end?.cause == .forbidden)
        #expect(end?.message.contains("patch deployments.apps/scale in the namespace shop") == true)
        #expect(end?.recommendation?.contains("--resource=deployments.apps/scale") == true)
    }

    @Test("while the API server does not answer every action is held, and the healing goes on when it does")
    func controlPlaneGone() {
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: refused, startedAt: Scene.start)
        _ = machine.start()
        for second in 0..<5 {
            let now = Scene.start.addingTimeInterval(Double(second))
            let effects = machine.on(.unreadable(.unreachable("connection refused")), now: now)
            #expect(write(in: effects) == nil)
            #expect(outcome(in: effects) == nil)
            #expect(machine.wakeAt != nil)
            #expect(machine.on(.woke, now: machine.wakeAt ?? now).contains(.observe(.everything)))
        }
        let effects = machine.on(.observed(zero().snapshot), now: Scene.start.addingTimeInterval(6))
        #expect(write(in: effects) != nil)
    }

    @Test("every healing ends: without news its deadline does")
    func deadline() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.written, now: Scene.start)
        let end = outcome(in: machine.on(.woke, now: Scene.start.addingTimeInterval(120)))
        #expect(end?.kind == .failed)
        #expect(end?.recommendation != nil)
    }

    @Test("an answer that contradicts the objects must be repeated for longer than kube-proxy may lag")
    func staleRefusal() {
        var scene = Scene()
        scene.targetPort = .string("9999")
        var (machine, effects) = begin(scene, reported: refused)
        #expect(write(in: effects) == nil, "objects alone do not condemn a Service")
        effects = machine.on(.answered(refused, pods: [:]), now: Scene.start)
        #expect(write(in: effects) == nil)
        effects = machine.on(.answered(good, pods: [:]), now: Scene.start.addingTimeInterval(0.3))
        #expect(outcome(in: effects)?.kind == .recovered)
    }

    @Test("a workload that another watcher reports changed is read once more after a read that may not show it")
    func changeDuringRead() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.written, now: Scene.start)
        #expect(machine.on(.changed, now: Scene.start).isEmpty, "a read is under way")
        let effects = machine.on(.observed(zero().snapshot), now: Scene.start)
        #expect(effects.contains { if case .observe = $0 { true } else { false } })
    }

    @Test("nothing follows the end")
    func end() {
        var (machine, _) = begin(Scene())
        #expect(outcome(in: machine.on(.answered(good, pods: [:]), now: Scene.start)) != nil)
        #expect(machine.on(.changed, now: Scene.start).isEmpty)
        #expect(machine.on(.observed(zero().snapshot), now: Scene.start).isEmpty)
        #expect(machine.wakeAt == nil)
    }

    /// A Service that selects nothing, repaired.
    private func repaired() -> (machine: HealingMachine, scene: Scene) {
        var scene = Scene()
        scene.selector = ["app": "wbe"]
        var (machine, effects) = begin(scene, reported: refused)
        #expect(write(in: effects)?.change == .selector(["app": "web"]))
        effects = machine.on(.written, now: Scene.start)
        scene.selector = ["app": "web"]
        scene.resourceVersion = "101"
        return (machine, scene)
    }

    @Test("a repair that brings no answer is taken back, and the healing has failed")
    func undo() {
        var (machine, scene) = repaired()
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        scene.now = Scene.start.addingTimeInterval(40)
        let effects = machine.on(.answered(refused, pods: [:]), now: scene.now)
        #expect(write(in: effects)?.change == .selector(["app": "wbe"]))
        #expect(write(in: effects)?.object.resourceVersion == "101", "bound to the state as it is now")
        let end = outcome(in: machine.on(.written, now: scene.now))
        #expect(end?.kind == .failed)
        #expect(end?.message.contains("taken back") == true)
    }

    @Test("what somebody changed after the repair is not taken back")
    func noUndoOverAPerson() {
        var (machine, scene) = repaired()
        scene.selector = ["app": "web", "tier": "front"]
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        let effects = machine.on(.woke, now: Scene.start.addingTimeInterval(130))
        #expect(write(in: effects) == nil)
        #expect(outcome(in: effects)?.kind == .failed)
    }

    @Test("an eviction that a PodDisruptionBudget forbids is waited for, not forced")
    func evictionForbidden() {
        let silent = ServiceAnswer(kind: .timeout, message: "no answer within 5 s")
        var (machine, _) = begin(Scene(), reported: silent)
        var effects = machine.on(.answered(silent, pods: ["web-1-1": silent]), now: Scene.start)
        #expect(write(in: effects) == nil, "one silence is not enough")
        _ = machine.on(.woke, now: Scene.start.addingTimeInterval(1))
        _ = machine.on(.observed(Scene().snapshot), now: Scene.start.addingTimeInterval(1))
        effects = machine.on(.answered(silent, pods: ["web-1-1": silent]), now: Scene.start.addingTimeInterval(6))
        #expect(write(in: effects)?.change == .evict)
        #expect(write(in: effects)?.object.name == "web-1-1", "the one that is silent, not the oldest")
        let refusal = APIStatus(code: 429, reason: "TooManyRequests", message: "would violate the budget")
        effects = machine.on(.refused(.status(refusal)), now: Scene.start.addingTimeInterval(7))
        #expect(write(in: effects) == nil)
        #expect(outcome(in: effects) == nil)
        #expect(machine.wakeAt != nil)
    }

    @Test("a write that the server failed over may have been made, and is looked for before anything else")
    func serverErrorOnWrite() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.refused(.status(APIStatus(code: 500, message: "etcdserver: timed out"))), now: Scene.start)
        _ = machine.on(.woke, now: Scene.start.addingTimeInterval(1))
        var scene = Scene()
        (scene.replicas, scene.ready) = (1, 1)
        let effects = machine.on(.observed(scene.snapshot), now: Scene.start.addingTimeInterval(1))
        #expect(write(in: effects) == nil)
        #expect(machine.writes.count == 1)
    }

    @Test("a pod that is Ready and not yet among the endpoints is no riddle: the next look finds it")
    func endpointsLag() {
        var scene = Scene()
        (scene.replicas, scene.ready, scene.endpointsLag) = (1, 1, true)
        var (machine, effects) = begin(scene, reported: refused)
        #expect(outcome(in: effects) == nil)
        #expect(machine.wakeAt.map { $0 <= scene.now.addingTimeInterval(1) } == true)
        scene.endpointsLag = false
        effects = machine.on(.observed(scene.snapshot), now: scene.now)
        #expect(effects.contains(.probe(deep: false)))
        #expect(outcome(in: machine.on(.answered(good, pods: [:]), now: scene.now))?.kind == .recovered)
    }

    @Test("at the very start of a rollout nothing explains what is seen yet: it is waited for")
    func startOfRollout() {
        var scene = Scene()
        (scene.replicas, scene.ready, scene.endpointsLag) = (1, 1, true)
        scene.observedGeneration = 1
        var (machine, _) = begin(scene, reported: refused)
        scene.now = scene.now.addingTimeInterval(10)
        #expect(outcome(in: machine.on(.observed(scene.snapshot), now: scene.now)) == nil)
    }

    @Test("the second of two pods that hang is replaced once the first one's successor is Ready")
    func secondHangingPod() {
        let silent = ServiceAnswer(kind: .timeout, message: "no answer within 5 s")
        // The time for an answer is over by then: nobody gives up with a question under way, or after one answer.
        var (machine, _) = begin(
            Scene(), reported: silent, policy: Scene.policy { $0.probeTimeout = .seconds(4) })
        _ = machine.on(.answered(silent, pods: ["web-1-0": silent, "web-1-1": silent]), now: Scene.start)
        _ = machine.on(.observed(Scene().snapshot), now: Scene.start.addingTimeInterval(1))
        let first = write(
            in: machine.on(
                .answered(silent, pods: ["web-1-0": silent, "web-1-1": silent]), now: Scene.start.addingTimeInterval(6))
        )
        #expect(first?.change == .evict)
        _ = machine.on(.written, now: Scene.start.addingTimeInterval(6))
        _ = machine.on(.observed(Scene().snapshot), now: Scene.start.addingTimeInterval(6))
        _ = machine.on(.answered(silent, pods: [:]), now: Scene.start.addingTimeInterval(9))
        let woken = machine.on(.woke, now: Scene.start.addingTimeInterval(10))
        #expect(woken == [.observe(.everything)], "each pod is asked after a look that shows which there are")
        let other = first?.object.name == "web-1-0" ? "web-1-1" : "web-1-0"
        let now = Scene.start.addingTimeInterval(20)
        #expect(outcome(in: machine.on(.observed(Scene().snapshot), now: now)) == nil)
        let effects = machine.on(.answered(silent, pods: [other: silent]), now: now)
        #expect(write(in: effects)?.change == .evict)
        #expect(write(in: effects)?.object.name == other)
    }

    @Test("a read that began before a write without an answer does not judge it")
    func readBeforeTheWrite() {
        var (machine, _) = begin(zero(), reported: refused)
        _ = machine.on(.changed, now: Scene.start)
        _ = machine.on(.refused(.unknown("timed out")), now: Scene.start)
        _ = machine.on(.changed, now: Scene.start)
        let effects = machine.on(.observed(zero().snapshot), now: Scene.start)
        #expect(write(in: effects) == nil, "this read may be older than the write")
        var scene = Scene()
        (scene.replicas, scene.ready) = (1, 1)
        _ = machine.on(.observed(scene.snapshot), now: Scene.start)
        #expect(machine.writes.count == 1)
    }

    @Test("a service that answers when its time is over is held for the settle time, not given up")
    func answersAtTheLimit() {
        var (machine, _) = begin(zero(), reported: refused, policy: Scene.policy { $0.probeTimeout = .seconds(10) })
        _ = machine.on(.written, now: Scene.start)
        var scene = Scene()
        (scene.replicas, scene.ready) = (1, 1)
        _ = machine.on(.observed(scene.snapshot), now: Scene.start.addingTimeInterval(1))
        let late = Scene.start.addingTimeInterval(11)
        #expect(outcome(in: machine.on(.answered(good, pods: [:]), now: late)) == nil)
        #expect(outcome(in: machine.on(.observed(scene.snapshot), now: late)) == nil)
        let end = outcome(in: machine.on(.answered(good, pods: [:]), now: late.addingTimeInterval(1)))
        #expect(end?.kind == .healed)
    }
}
