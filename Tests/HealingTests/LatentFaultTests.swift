import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

@Suite("What is wrong although the service answers")
struct LatentFaultTests {
    @Test("is told when the watch found it; for who needs the service, its answer counts", arguments: [true, false])
    func autoscaler(isWatched: Bool) {
        var scene = Scene()
        scene.autoscaler = "web"
        scene.autoscalerConditions =
            #"[{"type":"ScalingLimited","status":"True","reason":"TooManyReplicas","message":"too many"}]"#
        var machine = Self.started(scene, isWatched: isWatched)
        var effects = machine.on(.observed(scene.snapshot), now: scene.now)
        #expect(Self.outcome(in: effects)?.kind == (isWatched ? .escalated : nil))
        guard !isWatched else {
            #expect(Self.outcome(in: effects)?.cause == .autoscalerMaxed)
            return
        }
        #expect(effects.contains(.probe(deep: false)))
        let answer = ServiceAnswer(kind: .ok, message: "it answers")
        effects = machine.on(.answered(answer, pods: [:]), now: scene.now)
        #expect(Self.outcome(in: effects)?.kind == .recovered)
    }

    @Test("a repair that is put off while a person may be at work is still due though older pods answer")
    func putOff() {
        func outcome(isWatched: Bool) -> (first: HealingOutcome?, later: [HealingEffect]) {
            var scene = Scene.badImage(secondsAgo: 5)
            scene.ready = 1
            var machine = Self.started(scene, isWatched: isWatched)
            let effects = machine.on(.observed(scene.snapshot), now: scene.now)
            #expect(effects.contains(.probe(deep: false)))
            let answer = ServiceAnswer(kind: .ok, message: "it answers")
            let first = Self.outcome(in: machine.on(.answered(answer, pods: [:]), now: scene.now))
            scene.now = Scene.start.addingTimeInterval(26)
            scene.templateWriter?.secondsAgo = 31
            return (first, machine.on(.observed(scene.snapshot), now: scene.now))
        }
        #expect(outcome(isWatched: false).first?.kind == .recovered, "who asked has the answer")
        let watched = outcome(isWatched: true)
        #expect(watched.first == nil)
        #expect(watched.later.contains { if case .write = $0 { true } else { false } })
    }

    private static func started(_ scene: Scene, isWatched: Bool) -> HealingMachine {
        var policy = Scene.policy()
        policy.tellsWhileServing = isWatched
        var machine = HealingMachine(
            service: "web", namespace: "shop", policy: policy, reported: nil, startedAt: scene.now)
        _ = machine.start()
        return machine
    }

    private static func outcome(in effects: [HealingEffect]) -> HealingOutcome? {
        effects.lazy.compactMap { if case .finish(let outcome) = $0 { outcome } else { nil } }.first
    }
}
