public import Diagnosis

/// Verdict → plan. What may be done is checked here too, so that a plan that is shown is the plan that is carried out.
public enum Planner {
    /// - Parameter remembered: what Cortex has seen of the namespace before.
    public static func plan(
        for verdict: Verdict, snapshot: Snapshot, policy: HealingPolicy, remembered: Remembered = Remembered()
    ) -> Plan {
        let context = PlanContext(verdict: verdict, snapshot: snapshot, policy: policy, remembered: remembered)
        let plan = context.proposal
        // What is done for a victim is done to another workload, whose guards have been asked already.
        if verdict.cause?.dependency != nil { return plan }
        switch Guards.objection(to: plan, workload: verdict.target, in: snapshot, policy: policy) {
        case nil: return plan
        case .wait(let until, let reason):
            return Plan(
                .wait, plan.object, detail: "Would \(plan.action.rawValue), but \(reason)", advice: plan.advice,
                waitUntil: until, withheld: plan.action)
        case .advise(let reason, let advice):
            return Plan(
                .escalate, plan.object, detail: "\(plan.detail), but Cortex does not: \(reason)", advice: advice)
        }
    }
}
