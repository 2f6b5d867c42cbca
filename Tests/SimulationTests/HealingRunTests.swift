import Diagnosis
import Healing
import JSON
import Kubernetes
import Testing

@testable import Simulation

/// One at a time: each computes for seconds, and others wait for answers meanwhile.
@Suite("The healing engine over the simulated cluster", .serialized)
struct HealingRunTests {
    private func incident(_ fault: FaultName, seed: UInt64 = 3, trouble: APITrouble = APITrouble()) throws
        -> Simulator.Incident
    {
        let settings = Simulator.Settings(
            seed: seed, hours: 0.01, services: 2, replicas: 2, faults: [fault], trouble: trouble, pause: 10)
        return try #require(Simulator(settings).run().incidents.first)
    }

    @Test(
        "A fault that can be healed is healed by the one right write",
        arguments: [
            (FaultName.scaledToZero, Action.scale), (.imageNotFound, .rollback), (.hang, .replace),
            (.serviceSelector, .repair), (.serviceTargetPort, .repair),
        ])
    func heals(fault: FaultName, action: Action) throws {
        let incident = try incident(fault)
        #expect(incident.judgement == .right, "\(incident.why)")
        #expect(incident.violation == nil)
        #expect(Set(incident.result.writes.map(\.write.action)) == [action])
    }

    @Test(
        "What is a person's to decide, or recovers by itself, is left alone",
        arguments: [FaultName.zeroOnPurpose, .quotaExceeded, .networkPolicy, .podDeleted, .rolloutPaused, .healthy])
    func leaves(fault: FaultName) throws {
        let incident = try incident(fault)
        #expect(incident.judgement == .right, "\(incident.why)")
        #expect(incident.result.writes.isEmpty)
    }

    @Test("Every fault of the catalogue is called by its name", arguments: Simulator.Settings.everyFault)
    func names(fault: FaultName) throws {
        let incident = try incident(fault)
        let cause = incident.result.outcome?.cause?.rawValue ?? "unknown"
        #expect(incident.isNamed != false, "\(fault.rawValue) is called \(cause): \(incident.why)")
    }

    @Test("Of what was said with each confidence, the right ones are counted, and what was said too surely is named")
    func calibration() throws {
        var calibration = Calibration()
        for _ in 0..<6 { calibration.add(.init(.imageNotFound, confidence: 0.95, isRight: true)) }
        for isRight in [true, false, false, false, false] {
            calibration.add(.init(.slowStart, confidence: 0.75, isRight: isRight))
        }
        #expect(calibration.rows.map(\.confidence) == [0.95, 0.75])
        #expect(calibration.rows.map(\.share) == [1, 0.2])
        #expect(calibration.overstated.map(\.cause) == [.slowStart])
        let statement = try #require(try incident(.imageNotFound).statement)
        #expect(statement.isRight && statement.confidence >= 0.9)
        #expect(try incident(.crashNewRevision).glimpses.contains { $0.isRight }, "whatever the early looks said")
        let refused = try incident(.forbidden)
        #expect(refused.glimpses.contains { $0.cause == .scaledToZero && $0.isRight }, "it was at zero all the time")
        #expect(!refused.names.contains(.scaledToZero), "and ends with what stands against its repair")
        #expect(try incident(.healthy).statement == nil, "there is nothing to name")
    }

    @Test("A raise of memory that did not help is taken back, and the next look knows whose doing that was")
    func raisedInVain() throws {
        let name = "hungry"
        let mebibyte = 1_048_576.0
        // It takes all that it may have before it listens.
        let program = Program(
            readyAfter: 3, memory: .init(base: 20 * mebibyte, leaksAt: 0.5, bytesPerSecond: 200 * mebibyte))
        var world = Homelab(services: [ServiceSpec(name, replicas: 1, program: program)]).world(seed: 5)
        world.step(until: 60)
        let policy = HealingPolicy(namespaces: ["cortex-system"])
        func look() -> SimulatedHealing.Result {
            let answer = ServiceAnswer(world.reach(service: name, in: "cortex-system", .work))
            var healing = SimulatedHealing(service: name, in: "cortex-system", policy: policy)
            return healing.run(&world, reported: answer)
        }
        let first = look()
        #expect(
            first.writes.map(\.write.change) == [
                .memory(container: name, from: "192Mi", to: "384Mi"),
                .memory(container: name, from: "384Mi", to: "192Mi"),
            ])
        world.step(until: world.seconds + 20)
        let second = look()
        #expect(second.writes.isEmpty)
        #expect(second.outcome?.cause == .oomLeak)
        #expect(second.outcome?.diagnosis.contains("Cortex had raised it") == true)
    }

    @Test("A seed replays its run, also over an API that loses answers and repeats events")
    func replays() {
        let settings = Simulator.Settings(seed: 7, hours: 0.2, services: 2, trouble: .some, pause: 60)
        #expect(Simulator(settings).run().digest == Simulator(settings).run().digest)
    }

    @Test(
        "Whatever the API does, and however often, a healing ends rightly and breaks no rule",
        arguments: APITrouble.Kind.allCases)
    func troubled(kind: APITrouble.Kind) {
        for seed in 1...3 {
            let settings = Simulator.Settings(
                seed: UInt64(seed), hours: 0.1, services: 2, faults: [.imageNotFound, .scaledToZero],
                trouble: APITrouble(shares: [kind: 0.3]), pause: 60)
            for incident in Simulator(settings).run().incidents {
                #expect(incident.judgement == .right, "seed \(seed): \(incident.why)")
                #expect(incident.violation == nil)
            }
        }
    }

    @Test("Without names, also a service that calls another is known to suffer from that")
    func noNames() {
        for seed in 1...20 {
            let settings = Simulator.Settings(seed: UInt64(seed), hours: 0.1, services: 5, faults: [.dnsDown])
            for incident in Simulator(settings).run().incidents {
                #expect(incident.isNamed != false, "seed \(seed): \(incident.why)")
            }
        }
    }

    @Test("The oracle calls a write to what is not the cause, and a wrong count, harm")
    func seesHarm() {
        let fault = Fault(.scaledToZero, at: "web", in: "default")
        func judged(_ object: String, _ count: Int) -> Oracle.Judgement {
            var result = SimulatedHealing.Result()
            let reference = ObjectReference(kind: "Deployment", namespace: "default", name: object)
            result.writes = [
                (at: 1, write: ClusterWrite(.scale(from: 0, to: count), of: reference, resource: .deployments))
            ]
            return Oracle(for: .scaledToZero, replicas: 2).judge(fault, result, isAnswering: true).judgement
        }
        #expect(judged("web", 1) == .harm)
        #expect(judged("other", 2) == .harm)
        #expect(judged("web", 2) == .unfinished)
    }
}
