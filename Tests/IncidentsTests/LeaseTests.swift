import FoundationEssentials
import Healing
import Kubernetes
import Synchronization
import TestSupport
import Testing

@testable import Incidents

@Suite("Two Cortexes at one cluster")
struct LeaseTests {
    private static let name = "deployment.shop.web"

    private static func isCompleted(_ events: [HealingEvent]) -> Bool {
        if case .completed? = events.last { true } else { false }
    }

    private static func said(_ events: [HealingEvent]) -> [String] {
        events.compactMap { if case .progress(_, let message) = $0 { message } else { nil } }
    }

    @Test("what both are asked to heal one of them heals; the other waits for it and changes nothing")
    func oneOfTwo() async throws {
        let cluster = FakeCluster()
        let (old, new) = (try Desk(cluster, leasingAs: "old"), try Desk(cluster, leasingAs: "new"))
        defer {
            old.remove()
            new.remove()
        }
        cluster.holdWrites()
        async let first = old.heal()
        async let second = new.heal()
        // Whoever got the lease is held at its write, and the other one waits.
        let holder = try await cluster.untilLeased(Self.name)
        let waiting = holder == "old" ? new : old
        let words = "Another Cortex (\(holder)) is healing Deployment/web"
        #expect(await eventually { waiting.log.all.contains { $0.contains(words) } })
        cluster.releaseWrites()
        for events in await [first, second] { #expect(Self.isCompleted(events), "\(events)") }
        #expect(cluster.writes.count == 1)
        #expect(cluster.leases.isEmpty)
    }

    @Test("a lease that nobody has renewed for long is taken over, and given back")
    func abandoned() async throws {
        let desk = try Desk(leasingAs: "new")
        defer { desk.remove() }
        desk.cluster.put(lease: Self.name, of: "dead", renewed: Date().addingTimeInterval(-90))
        #expect(Self.isCompleted(await desk.heal()))
        #expect(desk.cluster.leaseVerbs == ["get", "patch", "delete"])
        #expect(desk.cluster.leases.isEmpty)
    }

    @Test("whoever only looks, or finds that nothing is to be done, takes no lease")
    func looking() async throws {
        let desk = try Desk(FakeCluster(replicas: 2), leasingAs: "me")
        defer { desk.remove() }
        #expect(Self.isCompleted(await desk.heal()))
        _ = await desk.desk.attempt(desk.outage(), isReported: true, isDryRun: true) { _ in }
        #expect(desk.cluster.leaseVerbs.isEmpty)
    }

    @Test(
        "a right to leases that is missing is named, and the healing goes on without",
        arguments: ["get", "create", "patch", "delete"])
    func missingRight(verb: String) async throws {
        let desk = try Desk(leasingAs: "me")
        defer { desk.remove() }
        if verb == "patch" {
            desk.cluster.put(lease: Self.name, of: "dead", renewed: Date().addingTimeInterval(-90))
        }
        desk.cluster.refuse(
            verb, "leases", .status(APIStatus(code: 403, reason: "Forbidden", message: "leases is forbidden")))
        let outcome = Mutex<[String]>([])
        let result = await desk.desk.attempt(desk.outage(), isReported: true, isDryRun: false) { words in
            outcome.withLock { $0.append(words) }
        }
        #expect(result.isSuccess)
        let rule = "Cortex may not \(verb) leases.coordination.k8s.io in the namespace cortex."
        #expect(outcome.withLock { $0 }.contains { $0.hasPrefix(rule) }, "\(outcome.withLock { $0 })")
        #expect(desk.cluster.writes.count == 1)
    }

    @Test("without a namespace for them there are no leases, and the log says why")
    func noNamespace() async throws {
        let desk = try Desk(leasingAs: "me")
        defer { desk.remove() }
        let message = "namespaces \"cortex\" not found"
        desk.cluster.refuse(
            "create", "leases", .status(APIStatus(code: 404, reason: "NotFound", message: message)))
        #expect(Self.isCompleted(await desk.heal()))
        #expect(desk.log.all.contains { $0.contains("No lease can be had in the namespace cortex: \(message)") })
    }

    @Test("a healing that is cancelled gives its lease back")
    func cancelled() async throws {
        let desk = try Desk(leasingAs: "me")
        defer { desk.remove() }
        desk.cluster.holdWrites()
        let outage = desk.outage()
        let healing = Task { [desk = desk.desk] in
            await desk.attempt(outage, isReported: true, isDryRun: false) { _ in }
        }
        _ = try await desk.cluster.untilLeased(Self.name)
        healing.cancel()
        _ = await healing.value
        #expect(desk.cluster.leases.isEmpty)
        desk.cluster.releaseWrites()
    }

    @Test("an API server that gives no answer about the lease holds every write until it does")
    func unknown() async throws {
        let cluster = FakeCluster()
        cluster.refuse("get", "leases", .unknown("the connection was lost"))
        let desk = try Desk(cluster, leasingAs: "me")
        defer { desk.remove() }
        async let events = desk.heal()
        let words = "Whether another Cortex is healing it is not known"
        #expect(await eventually { desk.log.all.contains { $0.contains(words) } })
        #expect(cluster.writes.isEmpty)
        cluster.answerAgain("get", "leases")
        #expect(Self.isCompleted(await events))
        #expect(cluster.writes.count == 1)
    }
}

extension FakeCluster {
    /// Who holds the lease, once somebody does.
    fileprivate func untilLeased(_ name: String) async throws -> String {
        #expect(await eventually { leases[name] != nil })
        return try #require(leases[name])
    }
}
