import Diagnosis
import Kubernetes

/// Whether the annotation `cortex.io/heal` lets Cortex act.
enum HealModeGuard {
    static func objection(
        to plan: Plan, _ owner: ObjectMeta?, _ written: ObjectMeta?, in namespace: String, _ policy: HealingPolicy
    ) -> Guards.Objection? {
        if policy.forcedMode == .auto { return nil }
        if policy.forcedMode != nil {
            return .advise(reason: "healing is switched off", advice: plan.advice ?? plan.detail)
        }
        let isHealed = policy.namespaces.contains(namespace)
        // A Service and the workload behind it may differ: the stricter word counts.
        let own = [owner, written].compactMap { $0 }
            .filter { HealMode(annotations: $0.annotations) != nil }
            .max { (HealMode(annotations: $0.annotations) ?? .auto) < (HealMode(annotations: $1.annotations) ?? .auto) }
        let ownMode = HealMode(annotations: own?.annotations)
        if ownMode == nil, isHealed, policy.hiddenNamespaces.contains(namespace) {
            let rule = MissingRule(verb: "get", resource: "namespaces", group: "", namespace: namespace)
            return .advise(
                reason: "Cortex may not \(rule.description), and so cannot see whether it carries the annotation "
                    + HealMode.annotation,
                advice: rule.advice)
        }
        let mode = HealMode.effective(
            workload: ownMode, namespace: policy.namespaceModes[namespace], isHealed: isHealed)
        guard mode != .auto else { return nil }
        let command = plan.advice.map { ": \($0)" } ?? "."
        if ownMode != nil || policy.namespaceModes[namespace] != nil {
            let place = ownMode == nil ? "the namespace \(namespace)" : own?.name ?? ""
            return .advise(
                reason: "\(place) carries the annotation \(HealMode.annotation): \(mode.rawValue)",
                advice: mode == .approve
                    ? "It waits for a person to do it\(command)"
                    : "Set the annotation to auto to let Cortex act, or do it by hand\(command)")
        }
        return .advise(
            reason: "the namespace \(namespace) is not one that Cortex heals",
            advice: "Add it to HEAL_NAMESPACES (now: \(policy.namespaces.joined(separator: ","))), or do it by hand"
                + command)
    }
}
