import Diagnosis

/// What Cortex keeps itself from: budgets, and too much that fails at once.
extension HealingMachine {
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
