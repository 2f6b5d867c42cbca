import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Testing

@testable import Incidents

@Suite("What the books say of changes that got no answer")
struct HealingLedgerTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let workload = WorkloadReference(kind: .deployment, namespace: "n", name: "web")

    private static func scale(_ id: String, of incident: String, after seconds: Double) -> HealingIntent {
        let object = ObjectReference(kind: "Deployment", namespace: "n", name: "web")
        return HealingIntent(
            id: id, incident: incident, workload: workload,
            write: ClusterWrite(.scale(from: 0, to: 2), of: object, resource: .deployments), trigger: .watch,
            isUndo: false, at: start.addingTimeInterval(seconds))
    }

    private func isGranted(_ permit: HealingLedger.Permit) -> Bool {
        if case .granted = permit { true } else { false }
    }

    @Test("a scale that was not carried out, as the same healing then saw, is no zero that somebody means")
    func seenUndone() async {
        let ledger = HealingLedger()
        #expect(isGranted(await ledger.begin(Self.scale("1", of: "a", after: 0))))
        await ledger.end("1", .unknown)
        #expect(isGranted(await ledger.begin(Self.scale("2", of: "a", after: 6))))
        await ledger.end("2", .done)
        #expect(!isGranted(await ledger.begin(Self.scale("3", of: "b", after: 60))), "that one was carried out")
    }

    @Test("one that another healing left without an answer may have been carried out")
    func unknown() async {
        let ledger = HealingLedger()
        _ = await ledger.begin(Self.scale("1", of: "a", after: 0))
        await ledger.end("1", .unknown)
        #expect(!isGranted(await ledger.begin(Self.scale("2", of: "b", after: 60))))
    }
}
