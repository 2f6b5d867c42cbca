import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

@Suite("Changes that the API server will never take")
struct RefusedWriteTests {
    private static func failure(_ message: String) -> HealingInput {
        .refused(.status(APIStatus(code: 500, reason: "InternalError", message: message)))
    }

    private func machine(_ scene: Scene, reported: ServiceAnswer, remembered: Int? = nil) -> HealingMachine {
        let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        let counts = remembered.map { [web: RememberedCount($0)] } ?? [:]
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: Scene.policy(), reported: reported,
            remembered: Remembered(replicas: counts), startedAt: scene.now)
        _ = machine.start()
        return machine
    }

    private func outcome(in effects: [HealingEffect]) -> HealingOutcome? {
        effects.lazy.compactMap { if case .finish(let outcome) = $0 { outcome } else { nil } }.first
    }

    private func writes(in effects: [HealingEffect]) -> Bool {
        effects.contains { if case .write = $0 { true } else { false } }
    }

    @Test("a webhook that keeps Cortex from its change is a person's to see to, after three tries")
    func webhook() throws {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        var machine = machine(
            scene, reported: ServiceAnswer(kind: .connectionRefused, message: "connection refused"), remembered: 2)
        var last: HealingOutcome?
        for attempt in 1...3 {
            let now = scene.now.addingTimeInterval(Double(2 * attempt))
            #expect(writes(in: machine.on(.observed(scene.snapshot), now: now)), "attempt \(attempt)")
            #expect(last == nil)
            let effects = machine.on(
                Self.failure("Internal error occurred: failed calling webhook \"w\": connection refused"), now: now)
            last = outcome(in: effects)
            _ = machine.on(.woke, now: now.addingTimeInterval(1))
        }
        let told = try #require(last)
        #expect(told.kind == .escalated && told.message.contains("failed calling webhook"))
        #expect(machine.writes.isEmpty)
    }

    @Test("an eviction that several budgets rule out is not tried again")
    func severalBudgets() throws {
        let scene = Scene()
        let silent = ServiceAnswer(kind: .timeout, message: "no answer")
        var machine = machine(scene, reported: silent)
        _ = machine.on(.observed(scene.snapshot), now: scene.now)
        var now = scene.now
        var effects: [HealingEffect] = []
        for _ in 0..<5 where !writes(in: effects) {
            effects = machine.on(.answered(silent, pods: ["web-1-1": silent]), now: now)
            now += 6
            if !writes(in: effects) {
                _ = machine.on(.woke, now: now)
                _ = machine.on(.observed(scene.snapshot), now: now)
            }
        }
        #expect(writes(in: effects))
        let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        let told = try #require(outcome(in: machine.on(Self.failure(message), now: now)))
        #expect(told.kind == .escalated && told.cause == .hang)
        #expect(told.recommendation?.contains("kubectl get poddisruptionbudgets -n shop") == true)
    }
}
