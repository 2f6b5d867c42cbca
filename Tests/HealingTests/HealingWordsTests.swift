import Diagnosis
import FoundationEssentials
import Testing

@testable import Healing

@Suite("What a healing says while it goes on, and at its end")
struct HealingWordsTests {
    /// A healing that a call has asked for and whose first look found the scene.
    private func begin(
        _ scene: Scene, policy: HealingPolicy = Scene.policy()
    ) -> (machine: HealingMachine, effects: [HealingEffect]) {
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: policy,
            reported: ServiceAnswer(kind: .connectionRefused, message: "connection refused"), startedAt: scene.now)
        #expect(machine.start() == [.observe(.everything)])
        let effects = machine.on(.observed(scene.snapshot), now: scene.now)
        return (machine, effects)
    }

    private var zero: Scene {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        return scene
    }

    @Test("time that is kept for the report is not passed off as all the time there was")
    func reserve() {
        var policy = Scene.policy()
        (policy.deadline, policy.reserve) = (.seconds(2), .seconds(4))
        var (machine, _) = begin(zero, policy: policy)
        _ = machine.on(.written, now: Scene.start)
        let effects = machine.on(.woke, now: Scene.start.addingTimeInterval(3))
        guard case .finish(let end)? = effects.last else {
            Issue.record("no end: \(effects)")
            return
        }
        let words = "web did not answer again within 2 s (4 s of the 6 s given are kept for this report)"
        #expect(end.message.hasPrefix(words))
    }

    @Test("while a person may be at work the cause and the wait are told once, however often it is looked")
    func toldOnce() {
        var scene = Scene.badImage(secondsAgo: 4)
        var (machine, effects) = begin(scene)
        #expect(said(in: effects).count == 2)
        #expect(said(in: effects).first?.hasPrefix("Cause: image-not-found") == true)
        #expect(said(in: effects).last?.contains("a person may be at work") == true)
        #expect(machine.waitingPlan?.waitUntil == scene.now.addingTimeInterval(26))
        for second in 1...20 {
            scene.now = Scene.start.addingTimeInterval(Double(second))
            scene.templateWriter?.secondsAgo = 4 + Double(second)
            effects = machine.on(.woke, now: scene.now) + machine.on(.observed(scene.snapshot), now: scene.now)
            #expect(said(in: effects) == [])
        }
        scene.now = Scene.start.addingTimeInterval(27)
        scene.templateWriter?.secondsAgo = 31
        effects = machine.on(.woke, now: scene.now) + machine.on(.observed(scene.snapshot), now: scene.now)
        #expect(effects.contains { if case .write(let write) = $0 { write.action == .rollback } else { false } })
        #expect(said(in: effects).last?.contains("revision 1") == true)
        #expect(machine.waitingPlan == nil)
    }

    private func said(in effects: [HealingEffect]) -> [String] {
        effects.compactMap { if case .say(let message) = $0 { message } else { nil } }
    }
}
