import FoundationEssentials
import History
import Kubernetes
import Logging
import Synchronization
import TestSupport
import Testing
import Web

@testable import cortex

@Suite("Watching the cluster")
struct ClusterWatchTests {
    /// An empty cluster whose API server can fall silent: connections stay, and nothing comes any more.
    private final class QuietCluster: ClusterAPI {
        /// Namespaces in which nothing may be read: no binding leads there, or there is none of that name.
        let closed: Mutex<Set<String>>
        private let silence = Mutex(false)

        init(closed: Set<String> = []) { self.closed = Mutex(closed) }

        var isSilent: Bool {
            get { silence.withLock { $0 } }
            set { silence.withLock { $0 = newValue } }
        }

        func send(_ request: APIRequest) async throws(APIError) -> Data {
            guard !isSilent else {
                try? await Task.sleep(for: .seconds(3600))  // until whoever asks gives up
                throw .cancelled
            }
            guard !closed.withLock({ $0.contains(request.namespace ?? "") }) else {
                throw .status(APIStatus(code: 403, reason: "Forbidden", message: "services is forbidden"))
            }
            return Data(#"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#.utf8)
        }

        func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> {
            AsyncThrowingStream {
                try await Task.sleep(for: .seconds(3600))  // until the watch is let go of
                return nil
            }
        }
    }

    @Test("an API server that falls silent later is noticed, and so is its coming back")
    func silence() async throws {
        let cluster = QuietCluster()
        let readiness = Readiness()
        let lines = LogLines()
        let watch = try watch(readiness, lines)
        let run = Task { await watch.run(cluster, incidents: nil, alsoWatching: []) }
        defer { run.cancel() }
        #expect(await eventually { readiness.lines.isEmpty })
        #expect(watch.trouble == nil && watch.isLooking)
        cluster.isSilent = true
        #expect(await eventually { readiness.lines.contains { $0.contains("the API server gives no answer within") } })
        #expect(watch.trouble?.contains("no answer") == true && !watch.isLooking)
        #expect(lines.all.contains { $0.contains("The cluster cannot be watched: the API server gives no answer") })
        cluster.isSilent = false
        #expect(await eventually { readiness.lines.isEmpty && watch.trouble == nil && watch.isLooking })
    }

    @Test("an API server that is silent from the start is told, and not awaited in silence")
    func silentStart() async throws {
        let cluster = QuietCluster()
        cluster.isSilent = true
        let readiness = Readiness()
        let watch = try watch(readiness, LogLines())
        let run = Task { await watch.run(cluster, incidents: nil, alsoWatching: []) }
        defer { run.cancel() }
        #expect(await eventually { readiness.lines.contains { $0.contains("gives no answer") } })
        #expect(watch.trouble != nil)
    }

    @Test(
        "a namespace that may not be read keeps nobody from the others, wherever it stands in the list",
        arguments: [["shop", "nowhere"], ["nowhere", "shop"]])
    func closedNamespace(namespaces: [String]) async throws {
        let readiness = Readiness()
        let lines = LogLines()
        let watch = try watch(readiness, lines, in: namespaces)
        let run = Task { await watch.run(QuietCluster(closed: ["nowhere"]), incidents: nil, alsoWatching: []) }
        defer { run.cancel() }
        #expect(await eventually { readiness.lines.isEmpty && watch.isLooking })
        #expect(watch.trouble == nil)
        #expect(await eventually { lines.all.contains { $0.contains("Looking at shop; ") } })
        #expect(lines.all.contains { $0.contains("may not list services in the namespace nowhere") })
        // However young the program is: nobody waits for what will not come.
        #expect(await !watch.isOutOfSight())
        #expect(await watch.services() == [])
    }

    @Test(
        "where no healed namespace may be read, Cortex is not ready and says which right is missing, until it is there")
    func closedEverywhere() async throws {
        let cluster = QuietCluster(closed: ["shop"])
        let readiness = Readiness()
        let watch = try watch(readiness, LogLines())
        let run = Task { await watch.run(cluster, incidents: nil, alsoWatching: []) }
        defer { run.cancel() }
        #expect(await eventually { readiness.lines.contains { $0.contains("services is forbidden") } })
        cluster.closed.withLock { $0 = [] }
        #expect(await eventually { readiness.lines.isEmpty && watch.isLooking })
    }

    @Test("a cluster that cannot be looked at is out of sight while the program is young, one that was seen is not")
    func sight() async throws {
        let cluster = QuietCluster()
        cluster.isSilent = true
        let age = Mutex(Duration.seconds(2))
        let watch = try watch(Readiness(), LogLines()) { age.withLock { $0 } }
        let run = Task { await watch.run(cluster, incidents: nil, alsoWatching: []) }
        defer { run.cancel() }
        #expect(await eventually { watch.trouble != nil })
        #expect(await watch.isOutOfSight())
        age.withLock { $0 = .seconds(60) }
        #expect(await !watch.isOutOfSight(), "nobody waits for a list that did not come for so long")
        let other = try self.watch(Readiness(), LogLines()) { .seconds(2) }
        let second = Task { await other.run(QuietCluster(), incidents: nil, alsoWatching: []) }
        defer { second.cancel() }
        #expect(await eventually { other.isLooking })
        #expect(await !other.isOutOfSight())
    }

    @Test("without the search for incidents the log does not claim that anything is watched")
    func words() async throws {
        let lines = LogLines()
        let watch = try watch(Readiness(), lines)
        let run = Task { await watch.run(QuietCluster(), incidents: nil, alsoWatching: []) }
        defer { run.cancel() }
        #expect(await eventually { lines.all.contains { $0.contains("incidents are opened by requests only") } })
        #expect(!lines.all.contains { $0.contains("Watching") })
    }

    private final class LogLines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func watch(
        _ readiness: Readiness, _ lines: LogLines, in namespaces: [String] = ["shop"],
        age: @escaping @Sendable () -> Duration = ClusterWatch.stopwatch()
    ) throws -> ClusterWatch {
        let log = Logger(component: "SERVE", to: LogOutput(now: { "now" }, sink: { lines.add($0) }))
        let stored = StoredReplicaMemory(memory: try Memory(directory: nil), log: log)
        return ClusterWatch(
            namespaces: namespaces, stored: stored, readiness: readiness, log: log, beatInterval: .milliseconds(20),
            answerTime: .milliseconds(200), age: age)
    }
}
