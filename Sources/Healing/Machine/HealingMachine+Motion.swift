import Diagnosis
import FoundationEssentials
import Kubernetes

extension HealingMachine {
    /// Something is on its way, so that what nothing explains yet may be explained in a moment: a change that its
    /// controller has not carried out, or a pod that has only just begun or is still leaving.
    func isInMotion(_ snapshot: Snapshot) -> Bool {
        let subject = Subject(snapshot)
        guard let workload = subject.workload, workload.desired > 0 else { return false }
        if !workload.isObserved || !subject.terminatingPods.isEmpty { return true }
        if let reason = workload.condition("Progressing")?.reason,
            !["NewReplicaSetAvailable", "ProgressDeadlineExceeded"].contains(reason)
        {
            return true
        }
        return subject.livePods.contains { pod in
            guard !pod.isReady, let made = pod.metadata.creationTimestamp else { return false }
            return snapshot.takenAt.timeIntervalSince(made) < Self.youth
        }
    }

    /// In seconds.
    private static let youth = 30.0
}
