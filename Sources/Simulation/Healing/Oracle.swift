public import Diagnosis
public import Healing
import Kubernetes

/// What is right to do about a fault, and what would be harm, as the fault catalogue says.
public struct Oracle: Hashable, Sendable {
    public enum Judgement: String, CaseIterable, Hashable, Sendable {
        case right, wrong, unfinished, harm
    }

    /// The writes that are right, none where nothing may be done.
    public let actions: Set<Action>
    /// Whether ending without a write and without an answer, with advice, is right too.
    public let mayEscalate: Bool
    /// The count that a scale must restore.
    public let replicas: Int
    /// The causes that name the fault rightly.
    public let names: Set<CauseID>
    /// Those that are as true on the way there: what is wrong, before it turns out what stands against its repair.
    public let namesSoFar: Set<CauseID>

    public init(for fault: FaultName, replicas: Int) {
        let (actions, mayEscalate) = Self.table(fault)
        self.actions = actions
        self.mayEscalate = mayEscalate
        self.replicas = replicas
        names = Self.names(fault).union(CauseID(rawValue: fault.rawValue).map { [$0] } ?? [])
        // Without its rights Cortex finds a workload at zero that it may not scale.
        namesSoFar = fault == .forbidden ? names.union([.scaledToZero]) : names
    }

    /// Whether the cause is named rightly; nil where nothing had to be named, since the service answered by itself.
    public func isNamed(_ outcome: HealingOutcome) -> Bool? {
        if outcome.kind == .recovered { return nil }
        return outcome.cause.map { names.contains($0) } ?? false
    }

    /// What else a fault may rightly be called: by what it led to, or by the cause that it is a case of.
    private static func names(_ fault: FaultName) -> Set<CauseID> {
        switch fault {
        // Whose it is decides what is done about it, not what is wrong with it.
        case .gitopsOwned: [.imageNotFound]
        case .hpaOwnsReplicas, .controlPlaneSlow, .controlPlaneGone, .flapping: [.scaledToZero]
        case .humanEditing: [.crashNewRevision]
        default: []
        }
    }

    private static func table(_ fault: FaultName) -> (Set<Action>, Bool) {
        switch fault {
        case .scaledToZero, .flapping: ([.scale], false)
        case .hang: ([.replace], false)
        case .crashNewRevision, .oomLimitCut, .securityContext, .readinessWrongPort, .livenessWrong, .rolloutStuck:
            ([.rollback], false)
        case .badCommand, .imageNotFound, .imageNever, .imageInvalid, .secretMissing, .initHangs, .initCrashes,
            .serviceAccountMissing, .nodeSelector, .requestTooBig, .limitRange, .ghostNode, .configMapMissing:
            ([.rollback], true)
        case .humanEditing, .pullSecretMissing, .slowStart: ([.rollback], true)
        case .statefulSetStuck, .daemonSetStuck: ([.rollback, .replace], true)
        case .serviceSelector, .serviceTargetPort: ([.repair], false)
        case .serviceDeleted: ([.repair], true)
        case .dependencyDown: ([.scale], true)
        case .oomLimitLow, .oomLeak: ([.memory], true)
        case .pdbBlocks: ([.replace], true)
        case .controlPlaneSlow, .controlPlaneGone: ([.scale], true)
        default: ([], true)
        }
    }

    /// - Parameter isAnswering: whether the service answers requests now, by the world's own account.
    public func judge(
        _ fault: Fault, _ result: SimulatedHealing.Result, isAnswering: Bool
    ) -> (judgement: Judgement, why: String) {
        for (_, write) in result.writes {
            guard actions.contains(write.action) else { return (.harm, "\(write.action) on \(write.object)") }
            let name = write.object.name
            let isOwn = name == fault.service || name.hasPrefix(fault.service + "-")
            // Of two that fail for one cause, only the one that the other calls is touched.
            guard isOwn != (fault.name == .dependencyDown) else {
                return (.harm, "a write to \(write.object), which is not the cause")
            }
            if case .scale(_, let count) = write.change, count != replicas {
                return (.harm, "scaled to \(count) instead of \(replicas)")
            }
        }
        guard let outcome = result.outcome else { return (.unfinished, "it did not end") }
        if outcome.isSuccess, !isAnswering { return (.harm, "success was reported and the service does not answer") }
        switch outcome.kind {
        case .healed, .recovered: return (.right, outcome.message)
        case .escalated:
            if mayEscalate { return (.right, outcome.message) }
            return (.wrong, "escalated: \(outcome.diagnosis) \(outcome.message)")
        case .failed:
            return mayEscalate && result.writes.isEmpty ? (.right, outcome.message) : (.unfinished, outcome.message)
        }
    }
}
