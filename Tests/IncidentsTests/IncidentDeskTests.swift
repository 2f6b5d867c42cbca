import Diagnosis
import FoundationEssentials
import Healing
import JSON
import Kubernetes
import Synchronization
import Testing

@testable import Incidents

@Suite("Incidents")
struct IncidentDeskTests {
    @Test("a service at zero is healed with one write that carries the state it was decided on, and recorded")
    func heals() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        let events = await desk.heal()
        #expect(events.first == .started(service: "web", issue: "connection refused"))
        guard case .completed(let service, let message)? = events.last else {
            Issue.record("not completed: \(events)")
            return
        }
        #expect(service == "web")
        #expect(message.hasPrefix("Scaled Deployment/web from 0 to 1 replicas"))
        #expect(desk.cluster.writes.count == 1)
        let body = try #require(desk.cluster.writes.first?.body)
        #expect(FakeCluster.decode(body)[0]?["path"]?.stringValue == "/metadata/resourceVersion")
        #expect(FakeCluster.decode(body)[0]?["value"]?.stringValue == "100")
        #expect(desk.observer.all.map(\.outcome) == [.healed])
        #expect(desk.observer.all.map(\.cause) == ["scaled-to-zero"])
    }

    @Test("twenty requests for one failing service are one healing with twenty answers")
    func joins() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.cluster.holdWrites()
        let streams = (0..<20).map { _ in desk.desk.heal(desk.outage()) }
        desk.cluster.releaseWrites()
        var ends = 0
        for stream in streams {
            var events: [HealingEvent] = []
            for await event in stream { events.append(event) }
            #expect(events.first == .started(service: "web", issue: "connection refused"))
            if case .completed? = events.last { ends += 1 }
        }
        #expect(ends == 20)
        #expect(desk.cluster.writes.count == 1)
        #expect(desk.observer.beginnings == 1)
    }

    @Test("two Services in front of one workload are healed one after the other, with one write")
    func oneHealerPerWorkload() async throws {
        let desk = try Desk(FakeCluster(alias: "web-internal"))
        defer { desk.remove() }
        desk.cluster.holdWrites()
        async let first = desk.heal("web")
        async let second = desk.heal("web-internal")
        desk.cluster.releaseWrites()
        for events in await [first, second] {
            guard case .completed? = events.last else {
                Issue.record("not completed: \(events)")
                continue
            }
        }
        #expect(desk.cluster.writes.count == 1)
    }

    @Test("a healing that failed is not joined any more: the next request opens a new incident")
    func failedIsOver() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.cluster.refuse(
            "patch", "deployments",
            .status(
                APIStatus(
                    code: 403, reason: "Forbidden",
                    message: "User \"x\" cannot patch resource \"deployments/scale\" in API group \"apps\"")))
        for _ in 0..<2 {
            let events = await desk.heal()
            guard case .failed(_, let message, let recommendation)? = events.last else {
                Issue.record("not failed: \(events)")
                return
            }
            #expect(message.contains("patch deployments.apps/scale in the namespace shop"))
            #expect(recommendation.contains("kubectl create role"))
        }
        #expect(desk.observer.beginnings == 2)
        #expect(desk.observer.all.map(\.outcome) == [.escalated, .escalated])
    }

    @Test("what would be done is said, and nothing is done", arguments: [0, 2])
    func advice(replicas: Int) async throws {
        let desk = try Desk(FakeCluster(replicas: replicas))
        defer { desk.remove() }
        let advice = await desk.desk.advise(desk.outage())
        #expect(advice.contains("Scaling Deployment/web") == (replicas == 0))
        #expect(desk.cluster.writes.isEmpty)
    }

    @Test("the deadline counts from the beginning: what the first reads take is no time of its own")
    func slowFirstRead() async throws {
        let late = Mutex(0.0)
        let cluster = FakeCluster(onRequest: { request in
            if request.resource == .namespaces { late.withLock { $0 = 130 } }
        })
        let desk = try Desk(cluster, now: { Date().addingTimeInterval(late.withLock { $0 }) })
        defer { desk.remove() }
        let outcome = await desk.desk.attempt(desk.outage(), isReported: true, isDryRun: false) { _ in }
        #expect(outcome.message == "web did not answer again within 120 s; nothing was changed")
        #expect(cluster.writes.isEmpty)
    }

    @Test("while so much fails at once that Cortex holds back, a request is told so first, and its zero scaled up")
    func massFailure() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.desk.surroundings.ledger.hold(because: "4 of 5 workloads fail at once", advice: "Look at the nodes.")
        let events = await desk.heal()
        guard case .progress(_, let message)? = events.dropFirst().first, case .completed? = events.last else {
            Issue.record("not told, or not healed: \(events)")
            return
        }
        #expect(message.hasPrefix("4 of 5 workloads fail at once: until that is over Cortex only scales up"))
        #expect(desk.cluster.writes.count == 1)
        desk.desk.surroundings.ledger.release()
        let later = await desk.heal("other")
        #expect(
            !later.contains { if case .progress(_, let text) = $0 { text.contains("fail at once") } else { false } })
    }

    @Test("a mass failure holds what is no zero: the reason comes first, and the end says what would be done by hand")
    func heldInMassFailure() async throws {
        let desk = try Desk(FakeCluster(replicas: 2, badImageSince: Date().addingTimeInterval(-3600)))
        defer { desk.remove() }
        desk.desk.surroundings.ledger.hold(because: "4 of 5 workloads fail at once", advice: "Look at the nodes.")
        let events = await desk.heal()
        guard case .progress(_, let first)? = events.dropFirst().first,
            case .failed(_, let message, let recommendation)? = events.last
        else {
            Issue.record("not told, or not failed: \(events)")
            return
        }
        #expect(first.hasPrefix("4 of 5 workloads fail at once"))
        #expect(message.contains("but Cortex does not: 4 of 5 workloads fail at once"))
        #expect(recommendation.contains("Look at the nodes."))
        #expect(desk.cluster.writes.isEmpty)
    }

    @Test("what is wrong and what was done are told as two sentences")
    func sentences() async throws {
        let desk = try Desk(worker: "/nonexistent/worker.sh")
        defer { desk.remove() }
        guard case .failed(_, let message, _)? = await desk.heal().last else {
            Issue.record("not failed")
            return
        }
        #expect(message.hasPrefix("The healing worker failed. Cannot find healing worker at /nonexistent/worker.sh"))
    }

    @Test("a dry run stops before the first write and says what it would be")
    func dryRun() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        let outcome = await desk.desk.attempt(desk.outage(), isReported: true, isDryRun: true) { _ in }
        #expect(!outcome.isSuccess)
        #expect(outcome.action == .scale)
        let words = "Dry run, nothing was changed. Would scale Deployment/web from 0 to 1 replicas"
        #expect(outcome.message == words)
        #expect(desk.log.all.contains { $0.contains("[HEAL-WORKER] \(words)") })
        #expect(!desk.log.all.contains { $0.contains("Healing failed") }, "nothing was tried")
        #expect(desk.cluster.writes.isEmpty)
    }

    @Test("a dry run does not wait until a person who may be at work is done: it says what would be done then")
    func dryRunBesideAPerson() async throws {
        let changed = Date()
        let cluster = FakeCluster(replicas: 2, badImageSince: changed)
        let desk = try Desk(cluster, now: { changed })
        defer { desk.remove() }
        let outcome = await desk.desk.attempt(desk.outage(), isReported: true, isDryRun: true) { _ in }
        #expect(outcome.cause == .imageNotFound)
        #expect(
            outcome.message.hasPrefix("Dry run, nothing was changed. Would rollback, but Deployment/web was changed"))
        #expect(outcome.recommendation?.contains("kubectl rollout undo deployment/web") == true)
        #expect(cluster.writes.isEmpty)
    }

    @Test("the log has the lines that operators grep for, and so has the attempt's own file")
    func log() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        _ = await desk.heal()
        let wanted = [
            "[HEAL-WORKER] Starting self-healing for service: web",
            "[HEAL-WORKER] Healing successful: Scaled Deployment/web", "[HEAL-WORKER] Remediation Complete",
        ]
        let names = try FileManager.default.contentsOfDirectory(atPath: desk.directory)
        let name = try #require(names.first { $0.hasPrefix("heal-worker-web-") && $0.hasSuffix(".log") })
        let file = try #require(FileManager.default.contents(atPath: desk.directory + "/" + name))
        for line in wanted {
            #expect(desk.log.all.contains { $0.contains(line) }, "\(line)")
            #expect(String(decoding: file, as: UTF8.self).contains(line), "\(line)")
        }
    }

    @Test("of each service the newest log files are kept, and the others removed")
    func retention() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        let now = Int(Date().timeIntervalSince1970)
        for epoch in (now - 30)...(now - 1) {
            for service in ["web", "web-2"] {
                let path = "\(desk.directory)/heal-worker-\(service)-\(epoch).log"
                #expect(FileManager.default.createFile(atPath: path, contents: Data()))
            }
        }
        _ = await desk.heal()
        await desk.desk.logs.tidy()
        let names = try FileManager.default.contentsOfDirectory(atPath: desk.directory)
        #expect(names.filter { $0.hasPrefix("heal-worker-web-2-") }.count == HealingLogRetention.maximumFiles)
        let own = names.filter { $0.hasPrefix("heal-worker-web-") && !$0.hasPrefix("heal-worker-web-2-") }
        #expect(own.count == HealingLogRetention.maximumFiles)
        #expect(own.contains("heal-worker-web-\(now - 1).log"))
        #expect(!own.contains("heal-worker-web-\(now - 30).log"))
    }
}
