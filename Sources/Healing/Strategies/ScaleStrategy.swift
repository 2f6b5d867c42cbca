import Diagnosis
import Kubernetes

/// Brings back the count that a scale to zero took away.
struct ScaleStrategy: Strategy {
    let card = StrategyCard(
        "scale", .scale, .reversible, "Scales a workload at zero to the count it had before.",
        causes: [.scaledToZero],
        preconditions: [
            "Nothing says that the zero is meant: no mark, no autoscaler of KEDA, no declared manifest.",
            "No HorizontalPodAutoscaler owns the count.",
        ],
        steps: [
            "Find the count before: events or memory, whichever is later, annotations, deleted pods, the declared "
                + "manifest; else 1.",
            "Patch the scale, bound to the version that was seen.",
        ],
        verification: "Every replica is ready, and the service itself answers for the settle time.",
        undo: "Scaled back to zero when it made things worse; by hand: kubectl scale --replicas=0.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        guard let current = scalable(context), let workload = Subject(context.snapshot).workload else { return nil }
        let name = context.workload
        let previous = PreviousReplicas.find(for: workload, in: context.snapshot)
        let write = ClusterWrite(
            .scale(from: 0, to: previous.count), of: current.object, resource: current.resource)
        return Plan(
            .scale, current.object, detail: "Scaling \(name) from 0 to \(previous.words)",
            advice: "kubectl scale \(context.kubectlName) --replicas=\(previous.count) -n \(name.namespace)",
            write: write)
    }

    private func scalable(_ context: PlanContext) -> (object: ObjectReference, resource: Resource)? {
        let (snapshot, name) = (context.snapshot, context.workload.name)
        return switch context.workload.kind {
        case .deployment: snapshot.deployments.first { $0.name == name }.map { ($0.reference, .deployments) }
        case .statefulSet: snapshot.statefulSets.first { $0.name == name }.map { ($0.reference, .statefulSets) }
        case .replicaSet: snapshot.replicaSets.first { $0.name == name }.map { ($0.reference, .replicaSets) }
        case .daemonSet, .pod, .job, .cronJob, .service: nil
        }
    }
}
