import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@Suite("What the use of memory over time says")
struct MemoryCurveTests {
    private static let mebi: Double = 1_048_576
    private static let start = Scene.now.addingTimeInterval(-600)

    private static func kill(after seconds: Double, at limit: Double, run: Double = 0) -> MemoryUsage.Kill {
        let began = start.addingTimeInterval(run * 100)
        return MemoryUsage.Kill(
            pod: "web-1", container: "web", startedAt: began, finishedAt: began.addingTimeInterval(seconds),
            limit: limit * mebi)
    }

    private static func sample(
        _ used: Double, age: Double, at limit: Double? = 64, run: Double = 3
    ) -> MemoryUsage.Sample {
        let began = start.addingTimeInterval(run * 100)
        return MemoryUsage.Sample(
            pod: "web-1", container: "web", bytes: used * mebi, startedAt: began,
            takenAt: began.addingTimeInterval(age), limit: limit.map { $0 * mebi })
    }

    private static func curve(
        _ samples: [MemoryUsage.Sample], _ kills: [MemoryUsage.Kill] = [kill(after: 60, at: 64)], limit: Double = 64
    ) -> MemoryCurve {
        var usage = MemoryUsage()
        usage.samples = samples
        usage.kills = kills
        return MemoryCurve(of: "web", limit: limit * mebi, usage)
    }

    @Test("what stays near its limit is flat, also across restarts")
    func flat() {
        let curve = Self.curve([
            Self.sample(55, age: 12), Self.sample(57, age: 30), Self.sample(56, age: 20, run: 4),
            Self.sample(58, age: 50, run: 4),
        ])
        #expect(curve.shape == .flat)
        #expect(curve.facts.contains { $0.hasPrefix("killed 60 s after its start at a limit of 64Mi") })
        #expect(curve.facts.contains("used 58Mi 50 s after its start"))
    }

    @Test("what is more the longer it runs grows")
    func growing() {
        let samples = [12.0, 24, 36, 48].map { Self.sample($0 * 64 / 60, age: $0) }
        #expect(Self.curve(samples).shape == .growing)
    }

    @Test("a start that takes much and is then still is no growth")
    func start() {
        let samples = [Self.sample(10, age: 1)] + [15.0, 30, 45].map { Self.sample(56, age: $0) }
        #expect(Self.curve(samples).shape == .flat)
    }

    @Test("one look tells only where it is near the limit long before it is killed")
    func single() {
        #expect(Self.curve([Self.sample(60, age: 20)]).shape == .flat)
        #expect(Self.curve([Self.sample(30, age: 30)]).shape == .unknown)
        #expect(Self.curve([Self.sample(60, age: 57)]).shape == .unknown)
        #expect(Self.curve([]).shape == .unknown)
    }

    @Test("what lives twice as long with twice the limit grows, what lives no longer needs far more")
    func acrossLimits() {
        let leak = Self.curve([], [Self.kill(after: 20, at: 64), Self.kill(after: 41, at: 128, run: 1)], limit: 128)
        #expect(leak.shape == .growing)
        let hunger = Self.curve([], [Self.kill(after: 20, at: 64), Self.kill(after: 21, at: 128, run: 1)], limit: 128)
        #expect(hunger.shape == .farAbove)
    }

    @Test("what took more than twice the limit where it could needs far more")
    func farAbove() {
        #expect(Self.curve([Self.sample(200, age: 500, at: nil)]).shape == .farAbove)
    }

    @Test("another container's memory says nothing")
    func others() {
        var usage = MemoryUsage()
        usage.samples = [Self.sample(200, age: 500, at: nil)]
        #expect(MemoryCurve(of: "sidecar", limit: 64 * Self.mebi, usage).shape == .unknown)
    }

    @Test("what is remembered of a workload is bounded, and the newest stays")
    func bounds() {
        var usage = MemoryUsage()
        for look in 0..<500 {
            var seen = MemoryUsage()
            seen.samples = [Self.sample(50, age: Double(look))]
            seen.kills = [Self.kill(after: Double(look), at: 64)]
            usage = usage.adding(seen)
        }
        #expect(usage.samples.count < 100 && usage.kills.count < 100)
        #expect(usage.samples.last?.age == 499)
        #expect(usage.adding(usage) == usage, "the same look twice is one look")
    }

    private static let starved = Scene {
        $0.revisions = [.init(pods: [.crashing(restarts: 4, exit: 137, reason: "OOMKilled", lived: 60)])]
    }

    @Test("metrics of a run that has ended since are not those of the run that is there")
    func stale() throws {
        var snapshot = try Scene {
            $0.revisions = [
                .init(pods: [
                    .ready(restarts: 3, ended: PodShape.ended(137, "OOMKilled", lived: 60, ago: 30), running: 20)
                ])
            ]
        }.snapshot()
        let name = try #require(snapshot.pods.first?.name)
        func measured(_ ago: Double) throws -> PodMetrics {
            let value: JSONValue = [
                "metadata": ["name": .string(name), "namespace": "shop"], "timestamp": Scene.time(ago),
                "containers": [["name": "web", "usage": ["cpu": "1m", "memory": "48Mi"]]],
            ]
            return try JSONCoding.decode(PodMetrics.self, from: JSONCoding.encode(value))
        }
        snapshot.noteMemory([try measured(25)])
        #expect(snapshot.memory.samples.isEmpty)
        snapshot.noteMemory([try measured(5)])
        #expect(snapshot.memory.samples.map(\.age) == [15])
        #expect(snapshot.memory.kills.map(\.lifetime) == [60])
    }

    @Test("the finding says what was seen, and why nothing was where nothing was")
    func words() throws {
        var snapshot = try Self.starved.snapshot()
        snapshot.noteMemory([])
        snapshot.memory.unavailable = "the cluster serves no metrics.k8s.io"
        let verdict = Diagnostician.diagnose(snapshot)
        #expect(verdict.cause?.id == .oomLimitLow)
        let finding = try #require(verdict.findings.first { $0.id == "memory-curve" })
        #expect(finding.evidence.contains { $0.value.contains("the cluster serves no metrics.k8s.io") })
        #expect(finding.evidence.contains { $0.value.hasPrefix("killed 60 s after its start") })
    }

    @Test("metrics are asked for where a container was killed for want of memory, and nowhere else")
    func need() throws {
        var snapshot = try Self.starved.snapshot()
        snapshot.further = []
        #expect(snapshot.neededReads.contains(.memory))
        var healthy = try Scene().snapshot()
        healthy.further = []
        #expect(healthy.neededReads.isEmpty)
    }

    @Test("of more samples than are kept the course stays: from the first to the last, of every pod")
    func thinned() throws {
        let begin = Date(timeIntervalSince1970: 1_800_000_000)
        var usage = MemoryUsage()
        for minute in 0..<600 {
            var one = MemoryUsage()
            one.samples = ["a", "b"].map { pod in
                MemoryUsage.Sample(
                    pod: pod, container: "web", bytes: Double(minute), startedAt: begin,
                    takenAt: begin.addingTimeInterval(60 * Double(minute)), limit: 1000)
            }
            usage = usage.adding(one)
        }
        #expect(usage.samples.count <= 48)
        for pod in ["a", "b"] {
            let own = usage.samples.filter { $0.pod == pod }
            #expect(own.count >= 12)
            #expect(own.first?.bytes == 0)
            #expect(own.last?.bytes == 599)
        }
    }
}
