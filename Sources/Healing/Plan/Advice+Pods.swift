import Diagnosis
import Kubernetes

extension Advice {
    /// What is about a pod's probes, volumes and end; nil for other causes.
    static func ofPods(_ cause: Cause, _ space: String, _ name: String) -> String? {
        let pod = "kubectl describe pod \(cause.pods.first?.name ?? "POD") \(space)"
        let edit = "kubectl edit \(name) \(space)"
        return switch cause.id {
        case .livenessWrong:
            "See how the probe fails (\(pod)), then correct its port, path or timing, or give a slow start a "
                + "startupProbe: \(edit)"
        case .readinessWrongPort: "Correct the probe's port, or the container's: \(edit)"
        case .rolloutStuck:
            "See why the new pods are not ready (\(pod); kubectl logs \(name) --tail=50 \(space)); "
                + "then correct it, or go back: kubectl rollout undo \(name) \(space)"
        case .initHangs:
            "See what it waits for: kubectl logs \(cause.pods.first?.name ?? "POD") --tail=50 "
                + "\(space)"
        case .securityContext: "Name a user that is not root (runAsUser), or use an image that has one: \(edit)"
        case .podRejected: "See why the kubelet refuses them (\(pod)), then correct the pod's settings: \(edit)"
        case .podEvicted:
            "See what fills the disk (\(pod)), then write less, or raise the emptyDir's sizeLimit or the "
                + "ephemeral-storage limit: \(edit)"
        case .volumeNotMounted:
            "See which volume it is and why (\(pod)), then correct the volume or its mountPath: \(edit)"
        case .podStuckLeaving:
            "See who is to release it: kubectl get \(cause.object.kind.lowercased()) \(cause.object.name) \(space) "
                + "-o jsonpath='{.metadata.finalizers}'; then bring that controller back"
        case .readinessGate: "Bring back the controller that sets it (\(pod)), or take the gate away: \(edit)"
        case .beingDeleted:
            "Let it go; if it is held: kubectl get \(cause.object.kind.lowercased()) \(cause.object.name) \(space) "
                + "-o jsonpath='{.metadata.finalizers}'"
        case .serviceElsewhere:
            "Make the Service select its pods again, from its manifest (kubectl apply -f FILE \(space)); see kubectl "
                + "get service,endpoints \(cause.object.name) \(space) -o yaml"
        case .notListening:
            "See where it listens (kubectl logs \(name) --tail=50 \(space)), then correct its port or the Service's; "
                + "a readinessProbe on that port would have told: \(edit)"
        case .badAnswer:
            "Read its log: kubectl logs \(name) --tail=50 \(space)"
                + (cause.rollbackRevision.map {
                    "; if it answered before its newest revision: kubectl rollout undo \(name) --to-revision=\($0) "
                        + "\(space)"
                } ?? "")
        case .workloadMissing:
            "If it was deleted, deploy it again from its manifest (kubectl apply -f FILE \(space)); else correct the "
                + "selector: kubectl edit service \(cause.object.name) \(space)"
        case .servicePort:
            "Correct the address that is called, or give the Service the port back: kubectl get service "
                + "\(cause.object.name) \(space) -o wide; kubectl edit service \(cause.object.name) \(space)"
        case .serviceProtocol: "Correct the port's protocol: kubectl edit service \(cause.object.name) \(space)"
        default: nil
        }
    }
}
