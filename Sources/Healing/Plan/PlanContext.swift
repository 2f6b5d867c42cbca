import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes

/// One decision and what it is made from.
struct PlanContext {
    let verdict: Verdict
    let snapshot: Snapshot
    let policy: HealingPolicy
    let rememberedReplicas: Int?

    var workload: WorkloadReference { verdict.target }

    var object: ObjectReference {
        ObjectReference(kind: workload.kind.rawValue, namespace: workload.namespace, name: workload.name)
    }

    /// What the cause asks for, before anybody objects.
    var proposal: Plan {
        guard let cause = verdict.cause else {
            if verdict.healthy { return Plan(.none, object, detail: "\(workload) is healthy; there is nothing to do") }
            let seen = verdict.findings.map(\.message).prefix(5).joined(separator: "; ")
            return Plan(
                .escalate, object,
                detail: seen.isEmpty
                    ? "\(workload) does not work and nothing known explains it"
                    : "No known cause explains this: \(seen)",
                advice: "Look at it by hand: kubectl describe \(kubectlName) -n \(workload.namespace); "
                    + "kubectl get events -n \(workload.namespace) --sort-by=.lastTimestamp")
        }
        switch cause.id {
        case .scaledToZero: return scale(cause)
        case .zeroOnPurpose:
            return Plan(.none, object, detail: cause.summary, advice: Advice.text(for: cause, workload))
        case .nodeFull where isMakingRoom, .quotaExceeded where isMakingRoom:
            return Plan(
                .wait, object, detail: "\(cause.clause); pods are ending and make room; waiting",
                advice: Advice.text(for: cause, workload))
        case .podDeleted, .crashTransient, .slowStart, .rolloutRunning, .imageRegistryDown:
            return Plan(.wait, object, detail: "\(cause.clause); waiting", advice: Advice.text(for: cause, workload))
        case .hang: return replace(cause)
        case .serviceSelector, .serviceTargetPort: return repair(cause)
        case .crashNewRevision, .imageNotFound, .imageNever, .imageInvalid, .badCommand, .oomLimitCut, .livenessWrong,
            .readinessWrongPort, .configMapMissing, .secretMissing, .initHangs, .initCrashes, .securityContext,
            .serviceAccountMissing, .rolloutStuck, .nodeSelector, .requestTooBig, .limitRange, .ghostNode:
            return rollback(cause)
        case .forbidden:
            let rules = snapshot.unread.filter(\.isForbidden).map { MissingRule($0).advice }
            return Plan(
                .escalate, object, detail: cause.summary,
                advice: rules.isEmpty ? Advice.text(for: cause, workload) : rules.joined(separator: " "))
        default: return escalate(cause)
        }
    }

    /// Pods that are being deleted hold their resources until they are gone.
    private var isMakingRoom: Bool { snapshot.pods.contains { $0.metadata.deletionTimestamp != nil } }

    private func escalate(_ cause: Cause) -> Plan {
        Plan(.escalate, object, detail: cause.summary, advice: Advice.text(for: cause, workload))
    }

    private func scale(_ cause: Cause) -> Plan {
        guard let current = scalable, let subject = Subject(snapshot).workload else { return escalate(cause) }
        let previous = PreviousReplicas.find(for: subject, in: snapshot, remembered: rememberedReplicas)
        let write = ClusterWrite(
            .scale(from: 0, to: previous.count), of: current.object, resource: current.resource)
        return Plan(
            .scale, current.object,
            detail: "Scaling \(workload) from 0 to \(previous.words)",
            advice: "kubectl scale \(kubectlName) --replicas=\(previous.count) -n \(workload.namespace)", write: write)
    }

    private var scalable: (object: ObjectReference, resource: Resource)? {
        switch workload.kind {
        case .deployment: snapshot.deployments.first { $0.name == workload.name }.map { ($0.reference, .deployments) }
        case .statefulSet:
            snapshot.statefulSets.first { $0.name == workload.name }.map { ($0.reference, .statefulSets) }
        case .replicaSet: snapshot.replicaSets.first { $0.name == workload.name }.map { ($0.reference, .replicaSets) }
        case .daemonSet, .pod, .job, .cronJob, .service: nil
        }
    }

    private func rollback(_ cause: Cause) -> Plan {
        guard cause.introducedByRevision, let number = cause.rollbackRevision, workload.kind == .deployment,
            let deployment = snapshot.deployments.first(where: { $0.name == workload.name })
        else { return escalate(cause) }
        let history = RevisionHistory(of: deployment, in: snapshot)
        guard let revision = history.revisions.first(where: { $0.number == number }) else { return escalate(cause) }
        // The revision before Cortex's own rollback is the one that failed: going on from there would bring it back.
        guard !Ownership.isLastTemplateWriteOwn(deployment.metadata) else {
            return Plan(
                .escalate, deployment.reference,
                detail: "\(cause.clause); Cortex has already rolled it back and does not do so twice",
                advice: Advice.text(for: cause, workload))
        }
        let write = ClusterWrite(
            .template(Self.deployable(revision.template.raw), revision: number), of: deployment.reference,
            resource: .deployments)
        // No undo: the revision it leaves was seen to fail, and is never worth going back to.
        return Plan(
            .rollback, deployment.reference,
            detail: "Rolling \(workload) back to revision \(number), the last one that was healthy",
            advice:
                "kubectl rollout undo \(kubectlName) --to-revision=\(number) -n \(workload.namespace); then correct "
                + "the manifest, or the next apply brings the fault back",
            write: write)
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

    /// One pod: the one that was seen to hang, else the oldest of those that may.
    private func replace(_ cause: Cause) -> Plan {
        let ready = snapshot.pods.filter { pod in
            pod.metadata.deletionTimestamp == nil && cause.pods.contains { $0.uid == pod.metadata.uid }
        }
        let oldestFirst = ready.sorted {
            ($0.metadata.creationTimestamp ?? .distantFuture, $0.name)
                < ($1.metadata.creationTimestamp ?? .distantFuture, $1.name)
        }
        let hanging = oldestFirst.first { snapshot.podAnswers[$0.name]?.kind == .timeout }
        guard let pod = hanging ?? oldestFirst.first else { return escalate(cause) }
        guard pod.metadata.controller != nil else {
            return Plan(
                .escalate, pod.reference, detail: "\(cause.clause), and no controller would replace \(pod.reference)",
                advice: "kubectl delete pod \(pod.name) -n \(pod.namespace), after saving its manifest")
        }
        return Plan(
            .replace, pod.reference,
            detail: "Evicting \(pod.reference), which \(hanging == nil ? "may be the one that hangs" : "hangs"); "
                + "its controller starts a new one",
            advice: "kubectl delete pod \(pod.name) -n \(pod.namespace)",
            write: ClusterWrite(.evict, of: pod.reference, resource: .pods))
    }

    private func repair(_ cause: Cause) -> Plan {
        guard let repair = cause.serviceRepair,
            let service = snapshot.services.first(where: { $0.name == cause.object.name })
        else { return escalate(cause) }
        let change: ClusterWrite.Change
        let back: ClusterWrite.Change?
        switch repair {
        case .selector(let selector):
            change = .selector(selector)
            back = .selector(service.spec.selector ?? [:])
        case .targetPort(let index, let port):
            change = .targetPort(index: index, port)
            let old = service.spec.ports?[index].targetPort
            back = old.map { .targetPort(index: index, $0) }
        }
        let write = ClusterWrite(change, of: service.reference, resource: .services)
        return Plan(
            .repair, service.reference, detail: "Repairing \(service.reference): \(write.intention)",
            advice: Advice.text(for: cause, workload), write: write,
            undo: back.map { ClusterWrite($0, of: service.reference, resource: .services) })
    }

    /// `deployment/web`.
    private var kubectlName: String { "\(workload.kind.rawValue.lowercased())/\(workload.name)" }
}
