import FoundationEssentials
import Healing
import History
import JSON
import Kubernetes
import Logging
import Testing

@testable import cortex

@Suite("Starts that are remembered")
struct StoredStartTests {
    private static func pod(_ name: String, ready: Bool, after seconds: Double = 0) throws -> Pod {
        let made = Date(timeIntervalSince1970: 1_800_000_000)
        let value: JSONValue = [
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string(name),
                "creationTimestamp": .string(RFC3339.string(from: made)),
                "ownerReferences": [
                    ["apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "s", "controller": true]
                ],
            ],
            "spec": ["containers": [["name": "db", "image": "db:1"]]],
            "status": [
                "conditions": [
                    [
                        "type": "Ready", "status": ready ? "True" : "False",
                        "lastTransitionTime": .string(RFC3339.string(from: made.addingTimeInterval(seconds))),
                    ]
                ]
            ],
        ]
        return try JSONCoding.decode(Pod.self, from: JSONCoding.encode(value))
    }

    @Test("the usual start of a workload outlives the program, each namespace for itself")
    func remembered() async throws {
        let memory = try Memory(directory: nil)
        let log = Logger(component: "TEST", to: LogOutput(now: { "" }, sink: { _ in }))
        for (name, seconds) in [("db-0", 10.0), ("db-1", 14), ("db-2", 12)] {
            let start = PodStart(
                from: try Self.pod(name, ready: false), to: try Self.pod(name, ready: true, after: seconds))
            await StoredReplicaMemory(memory: memory, log: log).remember(try #require(start))
        }
        let later = StoredReplicaMemory(memory: memory, log: log)
        let set = WorkloadReference(kind: .statefulSet, namespace: "shop", name: "db")
        #expect(await later.startTimes(in: "shop")[set]?.seconds == [10, 14, 12])
        #expect(await later.startTimes(in: "shop")[set]?.usual == 12)
        #expect(await later.startTimes(in: "elsewhere").isEmpty)
    }
}
