import JSON
import Simulation
import Testing

@testable import cortex

@Suite("What a simulation came to, for programs")
struct SimulationTallyTests {
    private let settings = Simulator.Settings(
        seed: 7, hours: 0.05, services: 3, faults: [.scaledToZero, .imageNotFound])

    private func tally(change: (inout Simulator.Report) -> Void = { _ in }) -> JSONValue {
        var report = Simulator(settings).run()
        change(&report)
        var tally = SimulationTally()
        tally.add(report, settings)
        return tally.value(settings, runs: 4)
    }

    @Test("one document says the settings, how the incidents were judged, and a digest")
    func document() throws {
        let value = tally()
        let count = try #require(value["incidents"]?.intValue)
        let judged = ["right", "wrong", "unfinished", "harm"].compactMap { value[$0]?.intValue }
        #expect(count > 0 && judged.count == 4 && judged.reduce(0, +) == count)
        #expect(value["runs"] == 1)
        #expect(value["settings"]?["runs"] == 4)
        #expect(value["settings"]?["seed"] == 7)
        #expect(value["settings"]?["faults"] == ["scaled-to-zero", "image-not-found"])
        #expect(value["failures"] == [])
        #expect(value["digest"]?.stringValue?.isEmpty == false)
    }

    @Test("the same options give the same document") func same() { #expect(tally().rendered == tally().rendered) }

    @Test("a failure names its seed, what was broken and the command that replays it")
    func failure() throws {
        let value = tally { $0.incidents[0].violation = "it wrote twice" }
        let failure = try #require(value["failures"]?[0])
        #expect(failure["seed"] == 7 && failure["incident"] == 1 && failure["violation"] == "it wrote twice")
        let replay = try #require(failure["replay"]?.stringValue)
        #expect(replay.hasPrefix("cortex simulate --seed 7 --hours 0.05 --services 3 "))
        #expect(replay.contains("--faults scaled-to-zero,image-not-found"))
    }
}
