import Diagnosis
import FoundationEssentials
import Healing
import JSON
import Kubernetes

/// What must hold after every step of a healing, whatever the fault.
struct Invariants: Sendable {
    let policy: HealingPolicy
    let fault: Fault
    /// When a person last changed the template; nil when nobody did.
    let editedAt: Double?

    /// - Returns: what is broken, in one sentence; nil when all hold.
    func violation(_ world: World, _ result: SimulatedHealing.Result) -> String? {
        if result.writes.count > policy.maximumWrites {
            return "\(result.writes.count) writes in one healing; \(policy.maximumWrites) are allowed"
        }
        var seen: Set<ClusterWrite> = []
        for (_, write) in result.writes where !seen.insert(write).inserted {
            return "the same write twice: \(write.action) on \(write.object)"
        }
        for (at, write) in result.writes {
            guard case .template = write.change, let editedAt else { continue }
            let grace = Double(policy.humanGrace.components.seconds)
            // Objects carry whole seconds.
            if at < editedAt + grace - 1 {
                return "a person's change of the template was reverted \(Int(at - editedAt)) s after it"
            }
        }
        for budget in world.all(DisruptionController.resource, in: fault.namespace) {
            let evictions = result.writes.filter { $0.write.isEviction }
            let desired = budget.at("status", "desiredHealthy")?.intValue ?? 0
            let healthy = budget.at("status", "currentHealthy")?.intValue ?? 0
            if let last = evictions.last, world.seconds - last.at < 1, healthy < desired - 1 {
                return "the eviction of \(last.write.object) broke the budget \(budget.name)"
            }
        }
        let limit = Double(policy.deadline.components.seconds) + 31
        if world.seconds - result.began > limit {
            return "the healing has not ended \(Int(limit)) s after it began"
        }
        return nil
    }
}
