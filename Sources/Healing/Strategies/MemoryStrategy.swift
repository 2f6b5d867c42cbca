import Diagnosis
import FoundationEssentials
import Kubernetes

/// A memory limit that is a little too low, raised once.
struct MemoryStrategy: Strategy {
    let card = StrategyCard(
        "memory", .memory, .config, "Doubles a memory limit that a container keeps running into, once.",
        causes: [.oomLimitLow],
        preconditions: [
            "No older revision is healthy to go back to.",
            "It was never raised by Cortex before (annotation cortex.io/memory-raised).",
            "It is killed within an hour of its start: one that takes longer grows, and more memory only delays it.",
            "Its use over time (metrics.k8s.io, where it is served) does not say that it needs far more; where "
                + "it says that the use grows, the one raise buys time, and the next kill is told to a person.",
            "The new limit is at most a quarter of what the largest node has.",
            "A person's change of the template is more than 30 s old; no GitOps tool owns the workload.",
        ],
        steps: ["Patch the container's memory limit and the mark in one write, bound to the version that was seen."],
        verification: "The rollout is complete, and the service answers for ten seconds.",
        undo: "The old limit is written back when the service does not answer with the new one; the mark stays.")

    /// Source: the fault catalogue, `oom-limit-low`: a steady need a little over the limit.
    private static let factor = 2.0
    private static let nodeShare = 0.25
    private static let longestLife: Double = 3600

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        guard let current = current(context), current.metadata.annotations?[MemoryMark.annotation] == nil,
            let (container, old) = container(cause, context, current.template), let limit = Quantity(old)
        else { return nil }
        let most = context.snapshot.nodes.compactMap { node in
            node.status?.allocatable?["memory"].flatMap { Quantity($0)?.value }
        }.max()
        let wanted = limit.value * Self.factor
        let curve = Subject(context.snapshot).memoryCurve(of: container)
        guard curve?.shape != .farAbove else { return nil }
        guard let most, wanted <= most * Self.nodeShare else { return nil }
        let new = Self.text(wanted)
        let write = ClusterWrite(
            .memory(container: container, from: old, to: new), of: current.object, resource: current.resource)
        return Plan(
            .memory, current.object,
            detail: "Raising the memory limit of \(context.workload) from \(old) to \(new), once"
                + (curve?.shape == .growing ? "; its use grows, so that this only buys time" : ""),
            advice: "kubectl set resources \(context.kubectlName) -c \(container) --limits=memory=\(new) "
                + "-n \(context.workload.namespace)",
            write: write,
            undo: ClusterWrite(
                .memory(container: container, from: new, to: old), of: current.object, resource: current.resource))
    }

    private struct Current {
        var object: ObjectReference
        var metadata: ObjectMeta
        var template: PodTemplate
        var resource: Resource
    }

    private func current(_ context: PlanContext) -> Current? {
        let (snapshot, name) = (context.snapshot, context.workload.name)
        switch context.workload.kind {
        case .deployment:
            return snapshot.deployments.first { $0.name == name }.map {
                Current(object: $0.reference, metadata: $0.metadata, template: $0.spec.template, resource: .deployments)
            }
        case .statefulSet:
            return snapshot.statefulSets.first { $0.name == name }.map {
                Current(
                    object: $0.reference, metadata: $0.metadata, template: $0.spec.template, resource: .statefulSets)
            }
        case .daemonSet, .replicaSet, .pod, .job, .cronJob, .service: return nil
        }
    }

    /// The container that was killed for want of memory, with its limit in the template.
    private func container(_ cause: Cause, _ context: PlanContext, _ template: PodTemplate) -> (String, String)? {
        for pod in context.snapshot.pods where cause.pods.contains(where: { $0.name == pod.name }) {
            for status in pod.status?.containerStatuses ?? [] {
                let ended = status.state?.terminated ?? status.lastState?.terminated
                guard let ended, ended.reason == "OOMKilled",
                    let limit = template.spec.containers.first(where: { $0.name == status.name })?
                        .resources?.limits?["memory"]
                else { continue }
                if ended.lifetime > Self.longestLife { continue }
                return (status.name, limit)
            }
        }
        return nil
    }

    /// Whole mebibytes.
    private static func text(_ bytes: Double) -> String { "\(Int((bytes / 1_048_576).rounded(.up)))Mi" }
}
