import Diagnosis
import FoundationEssentials
import History
import Kubernetes
import Logging
import Testing

@testable import cortex

@Suite("Replica counts that are remembered")
struct StoredReplicaTests {
    private let web = WorkloadReference(kind: .deployment, namespace: "shop", name: "web")
    private let log = Logger(component: "TEST", to: LogOutput(now: { "" }, sink: { _ in }))

    @Test("a count outlives the program, with the time when it was seen")
    func remembered() async throws {
        let memory = try Memory(directory: nil)
        let seen = Date(timeIntervalSince1970: 1_800_000_000)
        await StoredReplicaMemory(memory: memory, log: log, now: { seen }).remember(3, of: web)
        let later = StoredReplicaMemory(memory: memory, log: log)
        #expect(await later.counts(in: "shop") == [web: RememberedCount(3, seenAt: seen)])
        #expect(await later.counts(in: "elsewhere").isEmpty)
    }

    @Test("a count that an earlier version stored is known, and when it was seen is not")
    func earlierVersion() async throws {
        let memory = try Memory(directory: nil)
        let key = StoredReplicaMemory.key(web)
        try await memory.remember(kind: "replicas", key: key, value: Data("2".utf8))
        let stored = StoredReplicaMemory(memory: memory, log: log)
        #expect(await stored.counts(in: "shop") == [web: RememberedCount(2)])
    }
}
