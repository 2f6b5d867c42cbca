import Diagnosis
import FoundationEssentials
import Kubernetes

/// What Cortex keeps itself from: budgets, and too much that fails at once; and what the API server does not take.
extension HealingMachine {
    /// So often the same failure over one write is no hiccup.
    private static let lastFailure = 3

    /// A 5xx over a write. It may have been made all the same, so it is looked for; unless the server's words say that
    /// it never will be.
    mutating func onServerFailure(
        _ status: APIStatus, _ message: String, _ plan: Plan, _ write: ClusterWrite, _ now: Date
    ) -> [HealingEffect] {
        if write.isEviction, message.contains("more than one PodDisruptionBudget") {
            return refuse(
                plan, "no pod can be evicted that several budgets select: \(message)",
                "See which select \(write.object): kubectl get poddisruptionbudgets -n \(namespace); leave one")
        }
        if message.contains("failed calling webhook") {
            webhookFailures += 1
            if webhookFailures >= Self.lastFailure {
                return refuse(plan, "an admission webhook keeps it from the change: \(message)", plan.advice)
            }
        }
        unansweredWrite = plan
        wake(in: Double(status.details?.retryAfterSeconds ?? 1), now)
        return say("The API server failed over the change (\(message)); looking at what became of it")
    }

    private mutating func refuse(_ plan: Plan, _ reason: String, _ advice: String?) -> [HealingEffect] {
        finish(
            HealingOutcome(
                kind: writes.isEmpty ? .escalated : .failed, cause: verdict?.cause?.id, action: .escalate,
                diagnosis: diagnosisSoFar, message: "\(plan.detail), but \(reason)", recommendation: advice))
    }

    mutating func onDenied(_ reason: String, _ advice: String?) -> [HealingEffect] {
        guard case .writing(let plan) = state else { return [] }
        let done = writes.map(\.summary).joined(separator: "; then ")
        return finish(
            HealingOutcome(
                kind: writes.isEmpty ? .escalated : .failed, cause: verdict?.cause?.id, action: .escalate,
                diagnosis: diagnosisSoFar,
                message: (done.isEmpty ? "" : done + "; then: ") + "\(plan.detail), but Cortex does not: \(reason)",
                recommendation: [plan.advice, advice].compactMap { $0 }.joined(separator: ". ")))
    }
}
