import Diagnosis
import JSON
import Kubernetes

/// Goes back to the last revision that was healthy, when the current one brought the fault.
struct RollbackStrategy: Strategy {
    let card = StrategyCard(
        "rollback", .rollback, .config, "Brings back the pod template of the last revision that was healthy.",
        causes: [
            .crashNewRevision, .imageNotFound, .imageNever, .imageInvalid, .badCommand, .oomLimitCut, .oomLimitLow,
            .livenessWrong, .readinessWrongPort, .configMapMissing, .secretMissing, .initHangs, .initCrashes,
            .securityContext, .serviceAccountMissing, .rolloutStuck, .statefulSetStuck, .daemonSetStuck, .nodeSelector,
            .requestTooBig, .limitRange, .ghostNode, .dependencyMissing, .rbacRevoked, .podRejected, .podEvicted,
            .volumeNotMounted, .readinessGate, .podAffinity, .topologySpread, .hostPort,
            .notListening, .sandboxFailed,
        ],
        preconditions: [
            "The fault came with the current revision, and an older one does not share it.",
            "That one has Ready pods now; or it is known to have served (the Deployment was available until the next "
                + "one came, the StatefulSet's update to it was completed, a pod of it was seen to run until the next "
                + "one came, somebody went back to it, or it was in use for ten minutes); or it is the only older one "
                + "that nothing speaks against. Of several that nobody can vouch for none is guessed.",
            "A person's change of the template is more than 30 s old (healing.humanGrace).",
            "Cortex has not rolled this template back already; no GitOps tool owns the workload.",
        ],
        steps: [
            "Patch spec.template with the older revision's, bound to the version that was seen.",
            "Of a StatefulSet: evict the pod that cannot start, which it would wait for.",
        ],
        verification: "The rollout is complete, and the service itself answers for the settle time.",
        undo: "Never by itself: the revision it leaves was seen to fail. By hand: kubectl rollout undo.")

    func plan(_ cause: Cause, _ context: PlanContext) -> Plan? {
        guard cause.introducedByRevision, let number = cause.rollbackRevision, let current = current(context),
            let revision = Subject(context.snapshot).history?.revisions.first(where: { $0.number == number })
        else { return nil }
        let workload = context.workload
        // The revision before Cortex's own rollback is the one that failed: going on from there would bring it back.
        guard !Ownership.isLastTemplateWriteOwn(current.metadata) else {
            return Plan(
                .escalate, current.object,
                detail: "\(cause.clause); Cortex has already rolled it back and does not do so twice",
                advice: context.advice(cause))
        }
        let write = ClusterWrite(
            .template(Self.deployable(revision.template.raw), revision: number), of: current.object,
            resource: current.resource)
        return Plan(
            .rollback, current.object,
            detail: "Rolling \(workload) back to revision \(number), the last one that was healthy",
            advice:
                "kubectl rollout undo \(context.kubectlName) --to-revision=\(number) -n \(workload.namespace); then "
                + "correct the manifest, or the next apply brings the fault back",
            write: write)
    }

    private struct Current {
        var object: ObjectReference
        var metadata: ObjectMeta
        var resource: Resource

        init(_ object: some KubernetesObject, _ resource: Resource) {
            self.object = object.reference
            metadata = object.metadata
            self.resource = resource
        }
    }

    private func current(_ context: PlanContext) -> Current? {
        let (snapshot, name) = (context.snapshot, context.workload.name)
        return switch context.workload.kind {
        case .deployment: snapshot.deployments.first { $0.name == name }.map { Current($0, .deployments) }
        case .statefulSet: snapshot.statefulSets.first { $0.name == name }.map { Current($0, .statefulSets) }
        case .daemonSet: snapshot.daemonSets.first { $0.name == name }.map { Current($0, .daemonSets) }
        case .replicaSet, .pod, .job, .cronJob, .service: nil
        }
    }

    /// A ReplicaSet's template without the label that its Deployment's controller added.
    private static func deployable(_ template: JSONValue) -> JSONValue {
        var template = template
        guard var metadata = template["metadata"], var labels = metadata["labels"]?.objectValue else { return template }
        labels["pod-template-hash"] = nil
        metadata["labels"] = .object(labels)
        template["metadata"] = metadata
        return template
    }
}
