import Diagnosis

/// A person is told what is wrong, how it is known, and what to do.
struct EscalateStrategy: Strategy {
    let card = StrategyCard(
        "escalate", .escalate, .observe, "Changes nothing and tells a person what to do, with the exact commands.",
        causes: CauseID.allCases, preconditions: ["No other strategy may treat the cause."],
        steps: ["Say the cause, its evidence, what to do, and what not to do."],
        verification: "Nothing is changed, so nothing is to be proven.", undo: "Nothing to undo.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        let rules = context.snapshot.unread.filter(\.isForbidden).map { MissingRule($0).advice }
        let advice = cause.id == .forbidden && !rules.isEmpty ? rules.joined(separator: " ") : context.advice(cause)
        var detail = cause.summary
        if let start = StartProgress(of: cause, context), start.isOverdue {
            detail = "\(cause.clause); \(start.words), so it is not on its way any more."
        }
        return Plan(.escalate, context.object, detail: detail, advice: advice)
    }
}
