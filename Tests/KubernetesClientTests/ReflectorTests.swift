import FoundationEssentials
import Kubernetes
import KubernetesClient
import Synchronization
import Testing

@Suite("the reflector")
struct ReflectorTests {
    typealias Change = Store<Node>.Change

    static func line(_ type: String, _ name: String, _ version: Int) -> String {
        #"{"type":"\#(type)","object":{"metadata":{"name":"\#(name)","#
            + #""resourceVersion":"\#(version)","uid":"\#(name)"}}}"#
    }

    static func words(_ change: Change) -> String {
        switch change {
        case .added(let object): "+\(object.name)"
        case .updated(_, let object): "~\(object.name)"
        case .deleted(let object): "-\(object.name)"
        }
    }

    /// Runs a reflector until it has said all this, then cancels it.
    static func changes(of api: FakeCluster, until enough: @escaping @Sendable ([String]) -> Bool) async -> (
        changes: [String], failures: [String], reflector: Reflector<Node>
    ) {
        let seen = Mutex<(changes: [String], failures: [String])>(([], []))
        let (done, finish) = AsyncStream<Void>.makeStream()
        let reflector = Reflector<Node>(
            api, timing: FakeTime().timing,
            onChange: { changes in
                let isEnough = seen.withLock { seen in
                    seen.changes += changes.map(words)
                    return enough(seen.changes)
                }
                if isEnough { finish.finish() }
            }, onFailure: { failure in seen.withLock { $0.failures.append("\(failure)") } })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await reflector.run() }
            group.addTask { for await _ in done {} }
            await group.next()
            group.cancelAll()
        }
        let result = seen.withLock { $0 }
        return (result.changes, result.failures, reflector)
    }

    @Test(
        "it lists, watches, and lists again when its place is too old, telling only what changed",
        .timeLimit(.minutes(1)))
    func wholeWay() async {
        let api = FakeCluster(
            { _, index in
                index == 0
                    ? ClusterAPITests.page(["a"], next: "t")
                    : index == 1 ? ClusterAPITests.page(["b"]) : ClusterAPITests.page(["b", "d"], version: "90")
            },
            streams: { index in
                switch index {
                case 0: ([Self.line("ADDED", "c", 8), Self.line("MODIFIED", "a", 9)], nil)
                case 1: ([Self.line("DELETED", "c", 10)], .unknown("broken"))
                case 2: ([#"{"type":"ERROR","object":{"code":410}}"#], nil)
                case 3: ([Self.line("ADDED", "last", 91)], nil)
                default: nil
                }
            })
        let (changes, failures, reflector) = await Self.changes(of: api) { $0.contains("+last") }
        #expect(changes == ["+a", "+b", "+c", "~a", "-c", "-a", "+d", "+last"])
        #expect(failures.first == "watch: no answer from the API server: broken")
        #expect(reflector.hasSynced)
        #expect(Set(reflector.snapshot().map(\.name)) == ["b", "d", "last"])
        #expect(api.opened.prefix(4).map { $0.value(of: "resourceVersion") } == ["7", "9", "10", "90"])
    }

    @Test("whoever waits for the first list is told when it is complete", .timeLimit(.minutes(1)))
    func synced() async {
        let api = FakeCluster({ _, index in
            index == 0 ? .failure(.unreachable("refused")) : ClusterAPITests.page(["a"])
        })
        let reflector = Reflector<Node>(api, timing: FakeTime().timing)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await reflector.run() }
            await reflector.waitUntilSynced()
            #expect(reflector.snapshot().map(\.name) == ["a"])
            group.cancelAll()
        }
    }

    @Test("waiting for a list that never comes ends with the task", .timeLimit(.minutes(1)))
    func cancelledWait() async {
        let reflector = Reflector<Node>(FakeCluster({ _, _ in .failure(.cancelled) }))
        let task = Task { await reflector.waitUntilSynced() }
        task.cancel()
        await task.value
        #expect(!reflector.hasSynced)
    }
}
