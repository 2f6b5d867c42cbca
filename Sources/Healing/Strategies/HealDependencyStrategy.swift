import Diagnosis
import Kubernetes

/// The root is healed, and its victim is waited for.
struct HealDependencyStrategy: Strategy {
    let card = StrategyCard(
        "heal-dependency", .wait, .observe,
        "Treats the workload that another one waits for, by that workload's own strategy, and leaves the victim alone.",
        causes: [.dependencyDown],
        preconditions: ["The victim names the other's Service in its template or its log, and nothing answers there."],
        steps: ["Judge the workload behind that Service.", "Use the strategy for its cause, under its own guards."],
        verification: "The victim's own service answers.", undo: "As the strategy used says.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        guard let target = cause.dependency,
            let service = context.snapshot.services.first(where: { $0.name == target.name })
        else { return nil }
        let other = context.snapshot.retargeted(to: service)
        let verdict = Diagnostician.diagnose(other)
        var plan = Planner.plan(
            for: verdict, snapshot: other, policy: context.policy, remembered: context.remembered)
        // What is meant to be so still keeps the victim from working: a person decides.
        if plan.action == .none { plan.action = .escalate }
        plan.workload = plan.workload ?? verdict.target
        plan.detail = "\(context.workload) waits for \(verdict.target). \(plan.detail)"
        return plan
    }
}
