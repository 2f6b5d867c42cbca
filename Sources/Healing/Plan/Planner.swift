public import Diagnosis

/// Verdict → plan. What may be done is checked here too, so that a plan that is shown is the plan that is carried out.
public enum Planner {
    /// - Parameter rememberedReplicas: the workload's count as Cortex last saw it above zero.
    public static func plan(
        for verdict: Verdict, snapshot: Snapshot, policy: HealingPolicy, rememberedReplicas: Int? = nil
    ) -> Plan {
        let context = PlanContext(
            verdict: verdict, snapshot: snapshot, policy: policy, rememberedReplicas: rememberedReplicas)
        let plan = context.proposal
        switch Guards.objection(to: plan, workload: verdict.target, in: snapshot, policy: policy) {
        case nil: return plan
        case .wait(let until, let reason):
            return Plan(
                .wait, plan.object, detail: "Would \(plan.action.rawValue), but \(reason)", advice: plan.advice,
                waitUntil: until)
        case .advise(let reason, let advice):
            return Plan(
                .escalate, plan.object, detail: "\(plan.detail), but Cortex does not: \(reason)", advice: advice)
        }
    }
}
