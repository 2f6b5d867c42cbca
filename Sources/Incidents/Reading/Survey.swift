import Diagnosis
import Healing
import Kubernetes

/// One look at every workload of the cluster, or of the namespaces that may be seen.
public struct Survey: Sendable {
    public var namespaces: [String]
    /// The worst first.
    public var examinations: [Examination]
    /// What could not be read, in words.
    public var unread: [String]

    public var unhealthy: [Examination] { examinations.filter { !$0.verdict.healthy } }

    /// Nothing serves, then less than should, then what recovers by itself, then what is meant so, then the healthy.
    static func isWorse(_ left: Examination, _ right: Examination) -> Bool {
        let ranks = (rank(left), rank(right))
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        let (a, b) = (left.verdict.target, right.verdict.target)
        return (a.namespace, a.name, a.kind.rawValue) < (b.namespace, b.name, b.kind.rawValue)
    }

    private static func rank(_ examination: Examination) -> Int {
        if examination.verdict.healthy { return 5 }
        switch examination.plan.action {
        case .none: return 4
        case .wait: return 3
        case .scale, .restart, .replace, .rollback, .memory, .repair, .escalate: break
        }
        let subject = Subject(examination.snapshot)
        let isDown =
            subject.readyPods.isEmpty
            || subject.endpoints.map { endpoints in
                (endpoints.subsets ?? []).allSatisfy { ($0.addresses ?? []).isEmpty }
            } ?? false
        // A victim comes after the one at fault.
        return (isDown ? 0 : 1) + (examination.verdict.cause?.dependency == nil ? 0 : 1)
    }
}
