import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

@Suite("A healing beside another Cortex")
struct LeasedHealingTests {
    private static let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
    private static let refused = ServiceAnswer(kind: .connectionRefused, message: "connection refused")

    /// A healing that wants to write and has asked for the lease.
    private static func begin() -> (machine: HealingMachine, effects: [HealingEffect]) {
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: refused,
            remembered: Remembered(replicas: [web: RememberedCount(2)]), usesLease: true, startedAt: Scene.start)
        _ = machine.start()
        let effects = machine.on(.observed(zero(at: 0).snapshot), now: Scene.start)
        return (machine, effects)
    }

    private static func zero(at seconds: Double) -> Scene {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        scene.now = Scene.start.addingTimeInterval(seconds)
        return scene
    }

    private static func isWriting(_ effects: [HealingEffect]) -> Bool {
        effects.contains { if case .write = $0 { true } else { false } }
    }

    private static func outcome(_ effects: [HealingEffect]) -> HealingOutcome? {
        effects.lazy.compactMap { if case .finish(let outcome) = $0 { outcome } else { nil } }.first
    }

    private static func said(_ effects: [HealingEffect]) -> [String] {
        effects.compactMap { if case .say(let words) = $0 { words } else { nil } }
    }

    @Test("nothing is written before the lease of the workload is had; what is seen meanwhile changes no decision")
    func first() {
        var (machine, effects) = Self.begin()
        #expect(effects.contains(.takeLease(Self.web)))
        #expect(!Self.isWriting(effects))
        #expect(machine.on(.changed, now: Scene.start).isEmpty)
        effects = machine.on(.leaseTaken(since: Scene.start.addingTimeInterval(0.1)), now: Scene.start)
        #expect(Self.isWriting(effects))
    }

    @Test("a change is bound to what it changes, however long the lease was in coming: another look is not needed")
    func late() {
        var (machine, effects) = Self.begin()
        let taken = Scene.start.addingTimeInterval(30)
        effects = machine.on(.leaseTaken(since: taken), now: taken)
        #expect(Self.isWriting(effects))
    }

    private static let silent = ServiceAnswer(kind: .timeout, message: "no answer within 5 s")

    /// A service that hangs, proven twice; its pod is about to be evicted.
    private static func hanging() -> HealingMachine {
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: silent, usesLease: true,
            startedAt: Scene.start)
        _ = machine.start()
        _ = machine.on(.observed(Scene().snapshot), now: Scene.start)
        _ = machine.on(.answered(silent, pods: ["web-1-1": silent]), now: Scene.start)
        _ = machine.on(.woke, now: Scene.start.addingTimeInterval(1))
        var scene = Scene()
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        let effects = machine.on(.answered(silent, pods: ["web-1-1": silent]), now: Scene.start.addingTimeInterval(6))
        #expect(effects.contains(.takeLease(web)), "\(effects)")
        return machine
    }

    private static func seen(at seconds: Double, _ change: (inout Scene) -> Void = { _ in }) -> HealingInput {
        var scene = Scene()
        scene.now = Scene.start.addingTimeInterval(seconds)
        change(&scene)
        return .observed(scene.snapshot)
    }

    @Test(
        "before a pod is evicted another look, of after the lease, must lead to the same; the hang is not proven again")
    func reassured() {
        var machine = Self.hanging()
        let taken = Scene.start.addingTimeInterval(6.1)
        var effects = machine.on(.leaseTaken(since: taken), now: taken)
        #expect(effects == [.observe(.everything)])
        // One that began before the lease was had says nothing of who came and went.
        effects = machine.on(Self.seen(at: 6.05), now: taken)
        #expect(effects == [.observe(.everything)])
        effects = machine.on(Self.seen(at: 6.2), now: taken)
        #expect(effects.contains(.takeLease(Self.web)), "it is asked once more whether the lease is still had")
        effects = machine.on(.leaseTaken(since: taken), now: Scene.start.addingTimeInterval(6.3))
        #expect(effects.contains { if case .write(let write) = $0 { write.change == .evict } else { false } })
    }

    @Test("where that look shows that somebody was at it, or forbids it, it is judged anew")
    func changedMeanwhile() {
        var machine = Self.hanging()
        let taken = Scene.start.addingTimeInterval(6.1)
        _ = machine.on(.leaseTaken(since: taken), now: taken)
        let effects = machine.on(Self.seen(at: 6.2) { $0.annotations = ["cortex.io/heal": "off"] }, now: taken)
        #expect(!effects.contains(.takeLease(Self.web)))
        #expect(!Self.isWriting(effects))
        machine = Self.hanging()
        _ = machine.on(.leaseTaken(since: taken), now: taken)
        #expect(
            machine.on(.unreadable(.unknown("lost")), now: taken).contains { if case .say = $0 { true } else { false } }
        )
        #expect(machine.on(.woke, now: Scene.start.addingTimeInterval(8)).contains(.observe(.everything)))
    }

    @Test("for the watch it is not over when older pods answer: what put the repair off may give up")
    func latent() {
        var policy = Scene.policy()
        policy.tellsWhileServing = true
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: policy, reported: nil,
            remembered: Remembered(replicas: [Self.web: RememberedCount(2)]), usesLease: true, startedAt: Scene.start)
        _ = machine.start()
        _ = machine.on(.observed(Self.zero(at: 0).snapshot), now: Scene.start)
        _ = machine.on(.leaseHeld(by: "cortex-b"), now: Scene.start)
        let answer = ServiceAnswer(kind: .ok, message: "it answers")
        #expect(machine.on(.answered(answer, pods: [:]), now: Scene.start).isEmpty)
    }

    @Test("while another Cortex is at it this one waits and tells so once, and ends when the service is seen to answer")
    func held() {
        var (machine, effects) = Self.begin()
        effects = machine.on(.leaseHeld(by: "cortex-b"), now: Scene.start)
        #expect(Self.said(effects) == ["Another healing (cortex-b) is at Deployment/web; waiting until it is over"])
        #expect(machine.wakeAt == Scene.start.addingTimeInterval(3))
        var later = Self.zero(at: 1)
        _ = machine.on(.woke, now: later.now)
        effects = machine.on(.observed(later.snapshot), now: later.now)
        #expect(effects.contains(.takeLease(Self.web)))
        #expect(Self.said(effects).isEmpty)
        #expect(Self.said(machine.on(.leaseHeld(by: "cortex-b"), now: later.now)).isEmpty)
        (later.replicas, later.ready) = (2, 2)
        later.now = Scene.start.addingTimeInterval(2)
        _ = machine.on(.woke, now: later.now)
        _ = machine.on(.observed(later.snapshot), now: later.now)
        effects = machine.on(.answered(ServiceAnswer(kind: .ok, message: "it answers"), pods: [:]), now: later.now)
        #expect(Self.outcome(effects)?.kind == .recovered)
        #expect(Self.outcome(effects)?.message == "web answers; nothing was changed")
    }

    @Test("one that waits in vain says so with what a person can do, and has changed nothing")
    func deadline() {
        var (machine, _) = Self.begin()
        _ = machine.on(.leaseHeld(by: "cortex-b"), now: Scene.start)
        let end = Self.outcome(machine.on(.woke, now: Scene.start.addingTimeInterval(120)))
        #expect(end?.kind == .escalated)
        #expect(
            end?.message
                == "Another healing (cortex-b) is at Deployment/web; waiting until it is over; nothing was changed")
        #expect(end?.recommendation?.contains("kubectl get leases") == true, "and not the repair, which another is at")
    }

    @Test("whether somebody is at it is not known: every action is held until it is")
    func unknown() {
        var (machine, effects) = Self.begin()
        effects = machine.on(.leaseUnknown(.unknown("the connection was lost")), now: Scene.start)
        #expect(!Self.isWriting(effects))
        #expect(Self.said(effects).first?.contains("holding every action until it is") == true)
        effects = machine.on(.woke, now: Scene.start.addingTimeInterval(1))
        #expect(effects.contains(.observe(.everything)))
    }

    @Test("what did not help is taken back without another word from anybody: that is bound to what is undone")
    func undo() {
        var scene = Scene()
        scene.selector = ["app": "wbe"]
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: Self.refused, usesLease: true,
            startedAt: Scene.start)
        _ = machine.start()
        _ = machine.on(.observed(scene.snapshot), now: Scene.start)
        _ = machine.on(.leaseTaken(since: Scene.start), now: Scene.start)
        #expect(machine.hasOpenWrite)
        _ = machine.on(.written, now: Scene.start)
        #expect(!machine.hasOpenWrite)
        scene.selector = ["app": "web"]
        scene.resourceVersion = "101"
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        let late = Scene.start.addingTimeInterval(40)
        #expect(Self.isWriting(machine.on(.answered(Self.refused, pods: [:]), now: late)))
        #expect(Self.outcome(machine.on(.refused(.unknown("the connection was lost")), now: late))?.kind == .failed)
        #expect(machine.hasOpenWrite, "it may be taken back yet")
    }

    @Test("a write without an answer is open at the end, and with it the question whether others may come")
    func openWrite() {
        var (machine, _) = Self.begin()
        _ = machine.on(.leaseTaken(since: Scene.start), now: Scene.start)
        _ = machine.on(.woke, now: Scene.start.addingTimeInterval(151))
        #expect(machine.hasOpenWrite)
    }

    @Test("whoever heals what another one waits for leases the one that is healed")
    func dependency() {
        let database = WorkloadReference(kind: .deployment, namespace: "shop", name: "db")
        var plan = Plan(
            .scale, ObjectReference(kind: "Deployment", namespace: "shop", name: "db"), detail: "Scaling it",
            write: ClusterWrite(
                .scale(from: 0, to: 1), of: ObjectReference(kind: "Deployment", namespace: "shop", name: "db"),
                resource: .deployments))
        plan.workload = database
        var (machine, _) = Self.begin()
        guard let write = plan.write else { return }
        #expect(machine.send(write, of: plan, seen: Scene().snapshot) == [.takeLease(database)])
    }
}
