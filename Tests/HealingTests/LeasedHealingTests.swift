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

    @Test("a lease that was long in coming is followed by another look: a healer may have come and gone")
    func late() {
        var (machine, effects) = Self.begin()
        let taken = Scene.start.addingTimeInterval(0.6)
        effects = machine.on(.leaseTaken(since: taken), now: taken)
        #expect(!Self.isWriting(effects))
        #expect(effects.contains(.observe(.everything)))
        effects = machine.on(.observed(Self.zero(at: 0.7).snapshot), now: taken)
        #expect(Self.isWriting(effects), "nothing has changed")
    }

    @Test("where that look shows that somebody was at it, it is judged anew, under the lease that is had by then")
    func changedMeanwhile() {
        var (machine, effects) = Self.begin()
        let taken = Scene.start.addingTimeInterval(0.6)
        _ = machine.on(.leaseTaken(since: taken), now: taken)
        var scene = Self.zero(at: 0.7)
        scene.generation = 3
        effects = machine.on(.observed(scene.snapshot), now: scene.now)
        #expect(!Self.isWriting(effects))
        #expect(effects.contains(.takeLease(Self.web)))
        // It holds the lease since before this look, however long it takes from there.
        effects = machine.on(.leaseTaken(since: taken), now: Scene.start.addingTimeInterval(9))
        #expect(Self.isWriting(effects))
    }

    @Test("while another Cortex is at it this one waits and tells so once, and ends when the service is seen to answer")
    func held() {
        var (machine, effects) = Self.begin()
        effects = machine.on(.leaseHeld(by: "cortex-b"), now: Scene.start)
        #expect(Self.said(effects) == ["Another Cortex (cortex-b) is healing Deployment/web; waiting until it is done"])
        #expect(machine.wakeAt == Scene.start.addingTimeInterval(1))
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
        #expect(end?.message.contains("nothing was changed") == true)
        #expect(end?.recommendation?.isEmpty == false)
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

    /// A Service that selects nothing, repaired in vain: the repair is about to be taken back.
    private static func inVain() -> (machine: HealingMachine, effects: [HealingEffect]) {
        var scene = Scene()
        scene.selector = ["app": "wbe"]
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: refused, usesLease: true,
            startedAt: Scene.start)
        _ = machine.start()
        _ = machine.on(.observed(scene.snapshot), now: Scene.start)
        _ = machine.on(.leaseTaken(since: Scene.start), now: Scene.start)
        _ = machine.on(.written, now: Scene.start)
        scene.selector = ["app": "web"]
        scene.resourceVersion = "101"
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        let effects = machine.on(.answered(refused, pods: [:]), now: Scene.start.addingTimeInterval(40))
        return (machine, effects)
    }

    @Test(
        "what did not help is taken back under the lease, and not while another Cortex has it",
        arguments: [true, false])
    func undo(isHeld: Bool) {
        var (machine, effects) = Self.inVain()
        #expect(effects.contains { if case .takeLease = $0 { true } else { false } })
        let now = Scene.start.addingTimeInterval(41)
        guard isHeld else {
            // However old the look: what is taken back is bound to what was written.
            effects = machine.on(.leaseTaken(since: now), now: now)
            #expect(Self.isWriting(effects))
            return
        }
        effects = machine.on(.leaseHeld(by: "cortex-b"), now: now)
        #expect(Self.outcome(effects)?.kind == .failed)
        #expect(Self.outcome(effects)?.message.contains("another Cortex (cortex-b) is at it") == true)
    }
}
