import Diagnosis
public import FoundationEssentials
import Healing
public import Kubernetes
public import Logging

/// At the start: finds out what became of the changes that an earlier run had begun and not closed. None is sent again;
/// whether something is still to be done is decided anew, from the cluster as it is.
public struct IntentRecovery: Sendable {
    private let api: any ClusterAPI
    private let ledger: HealingLedger
    private let log: Logger
    private let now: @Sendable () -> Date

    public init(api: any ClusterAPI, ledger: HealingLedger, log: Logger, now: @escaping @Sendable () -> Date) {
        self.api = api
        self.ledger = ledger
        self.log = log
        self.now = now
    }

    /// - Returns: the intents that were open, with what the cluster shows of them.
    public func run() async -> [HealingIntent] {
        var closed: [HealingIntent] = []
        for var intent in await ledger.load(now: now()) {
            intent.end = await end(of: intent)
            await ledger.end(intent.id, intent.end ?? .unknown)
            log.info(
                "An earlier run had begun to \(intent.write.action.rawValue) \(intent.write.object) "
                    + "(incident \(intent.incident)): \(intent.end?.rawValue ?? "unknown").")
            closed.append(intent)
        }
        return closed
    }

    private func end(of intent: HealingIntent) async -> HealingIntent.End {
        let target = Target(
            kind: intent.workload.kind.rawValue, namespace: intent.workload.namespace, name: intent.workload.name)
        do throws(APIError) {
            let snapshot = try await SnapshotReader(api: api, now: now).everything(target)
            return intent.write.isDone(in: snapshot) ? .foundDone : .foundUndone
        } catch {
            return .unknown
        }
    }
}
