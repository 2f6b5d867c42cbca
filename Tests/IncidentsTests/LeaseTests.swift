import FoundationEssentials
import Healing
import Kubernetes
import Logging
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
        let waiting = holder.hasPrefix("old_") ? new : old
        let words = "Another healing (\(holder)) is at Deployment/web; waiting until it is over"
        #expect(await eventually { waiting.log.all.contains { $0.contains(words) } })
        cluster.releaseWrites()
        for events in await [first, second] { #expect(Self.isCompleted(events), "\(events)") }
        #expect(cluster.writes.count == 1)
        #expect(cluster.leases.isEmpty)
    }

    @Test("a lease that nobody holds is taken over, and given back")
    func takenOver() async throws {
        let desk = try Desk(leasingAs: "new")
        defer { desk.remove() }
        desk.cluster.put(lease: Self.name, of: "", renewed: Date())
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
            desk.cluster.put(lease: Self.name, of: "", renewed: Date())
        }
        desk.cluster.refuse(
            verb, "leases",
            .status(APIStatus(code: 403, reason: "Forbidden", message: "User \"x\" cannot \(verb) resource \"leases\""))
        )
        let outcome = Mutex<[String]>([])
        let result = await desk.desk.attempt(desk.outage(), isReported: true, isDryRun: false) { words in
            outcome.withLock { $0.append(words) }
        }
        #expect(result.isSuccess)
        let rule = "Cortex may not \(verb) leases.coordination.k8s.io in the namespace cortex."
        #expect(outcome.withLock { $0 }.contains { $0.hasPrefix(rule) }, "\(outcome.withLock { $0 })")
        #expect(desk.cluster.writes.count == 1)
    }

    @Test(
        "leases that are refused for good, by whatever is not a missing right, are told in the log and done without",
        arguments: [400, 403, 404, 422])
    func refused(code: Int) async throws {
        let desk = try Desk(leasingAs: "me")
        defer { desk.remove() }
        let message = "admission webhook \"policy\" denied the request"
        desk.cluster.refuse("create", "leases", .status(APIStatus(code: code, reason: "No", message: message)))
        #expect(Self.isCompleted(await desk.heal()))
        #expect(desk.log.all.contains { $0.contains("No lease can be had in the namespace cortex: \(message)") })
    }

    @Test("a healing that is cancelled gives its lease back")
    func cancelled() async throws {
        let desk = try Desk(leasingAs: "me", isMute: true)
        defer { desk.remove() }
        let outage = desk.outage()
        let healing = Task { [desk = desk.desk] in
            await desk.attempt(outage, isReported: true, isDryRun: false) { _ in }
        }
        #expect(await eventually { desk.log.all.contains { $0.contains("1 of 1 replicas ready") } })
        #expect(desk.cluster.leases.count == 1)
        healing.cancel()
        _ = await healing.value
        #expect(desk.cluster.leases.isEmpty)
    }

    @Test("but not while a write is under way, which may be carried out yet")
    func cancelledWhileWriting() async throws {
        let desk = try Desk(leasingAs: "me")
        defer { desk.remove() }
        desk.cluster.holdWrites()
        let outage = desk.outage()
        let healing = Task { [desk = desk.desk] in
            await desk.attempt(outage, isReported: true, isDryRun: false) { _ in }
        }
        #expect(await eventually { desk.cluster.writes.count == 1 })
        healing.cancel()
        _ = await healing.value
        #expect(desk.cluster.leases.count == 1, "it may be carried out yet, and nobody is to come before it runs out")
        #expect(!desk.cluster.leaseVerbs.contains("delete"))
        desk.cluster.releaseWrites()
    }

    @Test("for as long as a healing lasts its lease is renewed, and then given back")
    func renewed() async throws {
        let desk = try Desk(leasingAs: "me", renewal: .milliseconds(5))
        defer { desk.remove() }
        desk.cluster.holdWrites()
        async let events = desk.heal()
        #expect(await eventually { desk.cluster.leaseVerbs.count { $0 == "patch" } >= 3 })
        desk.cluster.releaseWrites()
        #expect(Self.isCompleted(await events))
        #expect(desk.cluster.leases.isEmpty)
    }

    @Test("a lease that another healing took over is not renewed and not given back")
    func lost() async throws {
        let desk = try Desk(leasingAs: "me", renewal: .milliseconds(5))
        defer { desk.remove() }
        desk.cluster.holdWrites()
        async let events = desk.heal()
        _ = try await desk.cluster.untilLeased(Self.name)
        desk.cluster.put(lease: Self.name, of: "other", renewed: Date())
        #expect(await eventually { desk.log.all.contains { $0.contains("was lost to another healing") } })
        desk.cluster.releaseWrites()
        _ = await events
        #expect(desk.cluster.leases == [Self.name: "other"])
    }

    @Test("a lease that comes when its healing is over is given back at once")
    func late() async throws {
        let cluster = FakeCluster()
        let keeper = LeaseKeeper(api: cluster, namespace: "cortex", process: "me", now: { Date() })
        let log = Logger(component: "TEST", to: LogOutput(now: { "" }, sink: { _ in }))
        let held = HeldLeases(keeper, healing: "1", log: log, missing: MissingRights(tell: { _ in }))
        await held.release()
        _ = await held.take(WorkloadReference(kind: .deployment, namespace: "shop", name: "web"))
        #expect(cluster.leaseVerbs == ["get", "create", "delete"])
        #expect(cluster.leases.isEmpty)
    }

    @Test("two healings of one process are two holders: what one gives back late is not the other's")
    func identities() async throws {
        let cluster = FakeCluster()
        let keeper = LeaseKeeper(api: cluster, namespace: "cortex", process: "me", now: { Date() })
        let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
        guard case .taken(let old) = try await keeper.take(web, as: keeper.identity(of: "1")) else {
            Issue.record("it was nobody's")
            return
        }
        cluster.put(lease: Self.name, of: keeper.identity(of: "2"), renewed: Date())
        try await keeper.release(old, as: keeper.identity(of: "1"))
        #expect(cluster.leases == [Self.name: "me_2"])
        guard case .held(by: "me_2") = try await keeper.take(web, as: keeper.identity(of: "1")) else {
            Issue.record("it is the other's")
            return
        }
    }

    @Test("an API server that gives no answer about the lease holds every write until it does")
    func unknown() async throws {
        let cluster = FakeCluster()
        cluster.refuse("get", "leases", .unknown("the connection was lost"))
        let desk = try Desk(cluster, leasingAs: "me")
        defer { desk.remove() }
        async let events = desk.heal()
        let words = "Whether another healing is at it is not known"
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
