import Diagnosis
import FoundationEssentials
import Healing
import JSON
import Kubernetes
import Testing

@testable import Incidents

@Suite("Memory that a look reads")
struct MemoryReadingTests {
    /// A cluster whose only pod was killed for want of memory, and whose metrics are what they are.
    private struct Cluster: ClusterAPI {
        var metrics: Result<JSONValue, APIError>

        func send(_ request: APIRequest) async throws(APIError) -> Data {
            let items: [JSONValue]
            switch request.resource {
            case .podMetrics: items = [try metrics.get()]
            case .pods: items = [MemoryReadingTests.pod]
            default: items = []
            }
            return FakeCluster.encode(["metadata": ["resourceVersion": "1"], "items": .array(items)])
        }

        func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> {
            AsyncThrowingStream { $0.finish() }
        }
    }

    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static func time(_ ago: Double) -> JSONValue { .string(RFC3339.string(from: now.addingTimeInterval(-ago))) }

    private static let pod: JSONValue = [
        "metadata": ["name": "web", "namespace": "shop", "uid": "u"],
        "spec": ["containers": [["name": "web", "image": "i", "resources": ["limits": ["memory": "64Mi"]]]]],
        "status": [
            "phase": "Running",
            "containerStatuses": [
                [
                    "name": "web", "ready": true, "restartCount": 3, "state": ["running": ["startedAt": time(30)]],
                    "lastState": [
                        "terminated": [
                            "exitCode": 137, "reason": "OOMKilled", "startedAt": time(100), "finishedAt": time(35),
                        ]
                    ],
                ]
            ],
        ],
    ]

    private func look(_ metrics: Result<JSONValue, APIError>, _ usage: UsageLog = UsageLog()) async throws -> Snapshot {
        let reader = SnapshotReader(api: Cluster(metrics: metrics), usage: usage, now: { Self.now })
        return try await reader.everything(Target(kind: "Pod", namespace: "shop", name: "web"))
    }

    private static func measured(_ memory: String, ago: Double) -> Result<JSONValue, APIError> {
        .success([
            "metadata": ["name": "web", "namespace": "shop"], "timestamp": time(ago),
            "containers": [["name": "web", "usage": ["memory": .string(memory)]]],
        ])
    }

    @Test("one look after the other makes a curve")
    func curve() async throws {
        let usage = UsageLog()
        _ = try await look(Self.measured("20Mi", ago: 20), usage)
        let snapshot = try await look(Self.measured("40Mi", ago: 5), usage)
        #expect(snapshot.memory.samples.map { $0.bytes / 1_048_576 } == [20, 40])
        #expect(snapshot.memory.samples.map(\.age) == [10, 25])
        #expect(snapshot.memory.kills.map(\.lifetime) == [65])
    }

    @Test("what the watch measured before a container was killed is part of its curve")
    func sampled() async throws {
        let usage = UsageLog()
        let pod: Pod = FakeCluster.decoded(Self.pod)
        let web = WorkloadReference(kind: .pod, namespace: "shop", name: "web")
        for (memory, ago) in [("20Mi", 25.0), ("30Mi", 15.0), ("90Mi", 31.0)] {
            let metrics: PodMetrics = FakeCluster.decoded(try Self.measured(memory, ago: ago).get())
            usage.add([metrics], of: [web: [WatchedPod(pod)]])
        }
        let snapshot = try await look(Self.measured("40Mi", ago: 5), usage)
        #expect(snapshot.memory.samples.map { $0.bytes / 1_048_576 } == [20, 30, 40], "of this run alone")
        #expect(snapshot.memory.samples.allSatisfy { $0.limit == 64 * 1_048_576 })
    }

    @Test(
        "metrics that are refused, missing or down cost the curve and nothing else",
        arguments: [
            APIError.status(APIStatus(code: 403, reason: "Forbidden", message: "pods.metrics.k8s.io is forbidden")),
            .status(APIStatus(code: 404, reason: "NotFound", message: "not found")),
            .status(APIStatus(code: 503, reason: "ServiceUnavailable", message: "the server is down")),
            .unreachable("nobody answers"),
        ])
    func unavailable(_ error: APIError) async throws {
        let snapshot = try await look(.failure(error))
        #expect(snapshot.memory.unavailable != nil)
        #expect(snapshot.unread.count == (error.isForbidden ? 1 : 0), "a right that is missing is named")
        #expect(Diagnostician.diagnose(snapshot).cause?.id != .forbidden, "and costs no more than the curve")
        #expect(snapshot.memory.kills.count == 1, "what the kubelet says is kept")
    }
}
