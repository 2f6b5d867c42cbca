import FoundationEssentials
import Kubernetes

extension Subject {
    /// The object that a cause of the workload names: the workload, else the target itself.
    var owner: ObjectReference { workload?.object ?? targetObject }

    /// The target as an object, whether it exists or not.
    var targetObject: ObjectReference {
        service?.reference
            ?? ObjectReference(
                kind: snapshot.target.kind ?? "Service", namespace: snapshot.target.namespace,
                name: snapshot.target.name)
    }

    /// A cause in the workload's template or pods, with whether the template brought it and the way back.
    ///
    /// A revision that served before is not blamed for pods that it made long after it came: what it needs has changed
    /// under it, and older code would be a guess.
    /// - Parameter since: when it began to fail; nil for when the first of the pods was made.
    func cause(_ id: CauseID, _ summary: String, fault: Fault?, pods: [Pod] = [], since: Date? = nil) -> Cause {
        var cause = Cause(id: id, summary: summary, object: owner, pods: pods.map(\.reference))
        let began = since ?? pods.compactMap(\.metadata.creationTimestamp).min()
        guard let fault, !ranBefore(failingSince: began), let history, let current = history.current,
            !history.hasPendingTemplate
        else {
            return cause
        }
        let target = history.rollbackTarget { fault.isShared(by: $0, with: current.template) }
        let isNew = history.previous.map { previous in
            !fault.isShared(by: previous.template, with: current.template)
        }
        cause.introducedByRevision = target != nil || isNew ?? false
        cause.rollbackRevision = target?.number
        return cause
    }

    /// `revision 3 (image web:1 → web:2)`: what the current revision changed, for a summary; nil when unknown.
    func changeWords(_ cause: Cause) -> String? {
        guard let number = cause.rollbackRevision, let history, let current = history.current,
            let target = history.revisions.first(where: { $0.number == number })
        else { return nil }
        let changes = current.changes(from: target).filter(\.isMeaningful).prefix(3).map(\.description)
        return "revision \(current.number) (\(changes.joined(separator: "; ")))"
    }

    /// The rollout of the current revision was complete once, and it began to fail only long after it came: what
    /// broke it is not its template.
    func ranBefore(failingSince: Date?) -> Bool {
        // A Deployment says whether it ever had all of its pods of the current template.
        if let progress = workload?.condition("Progressing")?.reason, Self.incomplete.contains(progress) {
            return false
        }
        guard let current = history?.current, let made = current.createdAt, let failingSince else { return false }
        // A template that comes back finds its old ReplicaSet; it came when it was written.
        let born = max(made, workload?.metadata.lastTemplateWrite?.time ?? made)
        return failingSince.timeIntervalSince(born) > Self.provenAfter
    }

    /// Source: k8s.io/kubernetes/pkg/controller/deployment/util; a rollout that was complete once says
    /// `NewReplicaSetAvailable` until the next one.
    private static let incomplete: Set = ["ReplicaSetUpdated", "NewReplicaSetCreated", "ProgressDeadlineExceeded"]

    /// A revision that has served this long is not blamed for a failure that begins later.
    static let provenAfter: Double = 600

    /// The container's name where kubectl has to be told which: the pod has more than this one.
    func named(_ trouble: ContainerTrouble) -> String? {
        trouble.pod.spec.allContainers.count > 1 ? trouble.status.name : nil
    }
}
