import Diagnosis

/// What somebody means to be so stays so.
struct LeaveAloneStrategy: Strategy {
    let card = StrategyCard(
        "leave-alone", .none, .observe, "Leaves what is intended as it is, and says so.",
        causes: [.zeroOnPurpose, .suspended, .beingDeleted],
        preconditions: ["A mark, the declared manifest, or the object itself says that it is meant so."],
        steps: ["Say what is meant, and how a person ends it."],
        verification: "Nothing is changed, so nothing is to be proven.", undo: "Nothing to undo.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        Plan(.none, context.object, detail: cause.summary, advice: context.advice(cause))
    }
}
