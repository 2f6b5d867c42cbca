import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

@Suite("A service that Cortex may not ask")
struct UnaskedServiceTests {
    private let denied = ServiceAnswer(kind: .forbidden, message: "Cortex may not get services/proxy")

    private func machine(_ scene: Scene) -> HealingMachine {
        let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(),
            reported: ServiceAnswer(kind: .connectionRefused, message: "connection refused"),
            remembered: Remembered(replicas: [web: RememberedCount(3)]), startedAt: scene.now)
        _ = machine.start()
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        return machine
    }

    /// How it ends when the refusal lasts; the first one may be of roles that were only just given.
    private func end(_ machine: inout HealingMachine, at time: Date) throws -> HealingOutcome {
        #expect(machine.on(.answered(denied, pods: [:]), now: time).isEmpty)
        let effects = machine.on(.answered(denied, pods: [:]), now: time.addingTimeInterval(6))
        #expect(effects.count == 1)
        return try #require(effects.lazy.compactMap { if case .finish(let end) = $0 { end } else { nil } }.first)
    }

    @Test("is not called well, and nothing is taken back for the want of an answer")
    func afterWrite() throws {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        var machine = machine(scene)
        _ = machine.on(.written, now: Scene.start)
        (scene.replicas, scene.ready) = (3, 3)
        scene.now = Scene.start.addingTimeInterval(1)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        let outcome = try end(&machine, at: scene.now)
        #expect((outcome.kind, outcome.cause) == (.failed, .forbidden))
        #expect(outcome.message.contains("whether that helped cannot be seen"))
        #expect(outcome.recommendation == denied.message)
    }

    @Test("is handed to a person with the missing rule where everything else looks fine")
    func looksFine() throws {
        var machine = machine(Scene())
        let outcome = try end(&machine, at: Scene.start)
        #expect((outcome.kind, outcome.cause) == (.escalated, .forbidden))
        #expect(outcome.recommendation == denied.message)
    }

    @Test("a workload that no Service leads to is called well, and not said to have answered")
    func withoutService() throws {
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: nil, startedAt: Scene.start)
        _ = machine.start()
        _ = machine.on(.observed(Scene().snapshot), now: Scene.start)
        let effects = machine.on(.answered(.withoutService, pods: [:]), now: Scene.start)
        let end = effects.lazy.compactMap { if case .finish(let end) = $0 { end } else { nil } }.first
        #expect(end?.kind == .recovered)
        #expect(end?.message == "its pods are ready, and there is no Service to ask; nothing was changed")
    }
}
