import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

/// A healing that learns late, or from a look that is older than its own write.
struct LateLookTests {
    private let refused = ServiceAnswer(kind: .connectionRefused, message: "connection refused")

    private func write(in effects: [HealingEffect]) -> ClusterWrite? {
        effects.lazy.compactMap { if case .write(let write) = $0 { write } else { nil } }.first
    }

    private func outcome(in effects: [HealingEffect]) -> HealingOutcome? {
        effects.lazy.compactMap { if case .finish(let outcome) = $0 { outcome } else { nil } }.first
    }

    private func begin(_ scene: Scene) -> HealingMachine {
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: refused, startedAt: scene.now)
        _ = machine.start()
        #expect(write(in: machine.on(.observed(scene.snapshot), now: scene.now)) != nil)
        _ = machine.on(.written, now: scene.now)
        return machine
    }

    @Test("a repair whose address is seen only after the time is asked before it is called useless")
    func asksFirst() {
        var scene = Scene()
        scene.selector = ["app": "wbe"]
        var machine = begin(scene)
        scene.selector = ["app": "web"]
        scene.endpointsLag = true
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        // The notice of the endpoints was lost: the next look is the one at the end of the time.
        scene.endpointsLag = false
        scene.now = Scene.start.addingTimeInterval(61)
        let effects = machine.on(.observed(scene.snapshot), now: scene.now)
        #expect(write(in: effects) == nil)
        #expect(outcome(in: effects) == nil)
        let late = machine.on(.answered(refused, pods: [:]), now: scene.now)
        #expect(write(in: late)?.change == .selector(["app": "wbe"]), "no answer to a question is an answer")
    }

    @Test("a look that still shows the state before the rollback does not say that the rollback failed")
    func ignoresOldLooks() {
        let before = Scene.badImage()
        var machine = begin(before)
        for seconds in [5.0, 20, 59] {
            var stale = before
            stale.now = Scene.start.addingTimeInterval(seconds)
            #expect(outcome(in: machine.on(.observed(stale.snapshot), now: stale.now)) == nil)
        }
    }
}
