import Diagnosis
import Kubernetes

/// What a person can do about a cause, with the exact command. Names from the cluster are Kubernetes names and need no
/// quoting in a shell.
public enum Advice {
    static func text(for cause: Cause, _ workload: WorkloadReference) -> String {
        let space = "-n \(workload.namespace)"
        let name = "\(workload.kind.rawValue.lowercased())/\(workload.name)"
        let describe = "kubectl describe \(cause.object.kind.lowercased()) \(cause.object.name) \(space)"
        if let hint = cause.hint, let text = hinted(hint, cause, space, name) { return text }
        return switch cause.id {
        case .zeroOnPurpose:
            "If it should run: remove the mark that keeps it at zero, then kubectl scale \(name) --replicas=1 \(space)"
        case .rolloutPaused: "If the pause is over: kubectl rollout resume \(name) \(space)"
        case .crashOnlyRevision, .crashNewRevision, .crashTransient, .initCrashes:
            "Read the log: kubectl logs \(log(cause, name)) --previous --tail=50 \(space); then correct the program "
                + "or its settings"
        case .podDeleted, .slowStart, .rolloutRunning:
            "Watch it come: kubectl get pods \(space) -w; what it does: kubectl describe \(name) \(space)"
        case .badCommand: "Correct the container's command or arguments: kubectl edit \(name) \(space)"
        case .imageNotFound, .imageNever, .imageInvalid:
            "Push the image, or name one that exists: kubectl set image \(name) CONTAINER=IMAGE \(space)"
        case .imageRegistryDown: "Bring the registry back; the kubelet pulls again by itself"
        case .pullSecretMissing:
            "Create the pull secret and name it in imagePullSecrets: kubectl create secret docker-registry NAME "
                + "--docker-server=… --docker-username=… --docker-password=… \(space)"
        case .oomLeak:
            "Find what grows: kubectl top pod --containers \(space) again and again; kubectl logs "
                + "\(log(cause, name)) --previous --tail=50 \(space). Only when it needs that much: "
                + "kubectl set resources \(name) --limits=memory=SIZE \(space)"
        case .oomLimitCut, .oomLimitLow:
            "See what it needs (kubectl top pod \(space)), then raise the limit: "
                + "kubectl set resources \(name) --limits=memory=SIZE \(space)"
        case .configMapMissing: "Restore the ConfigMap from its source: kubectl apply -f FILE \(space)"
        case .secretMissing: "Restore the Secret from its source: kubectl apply -f FILE \(space)"
        case .serviceAccountMissing:
            "Name a service account that exists: kubectl set serviceaccount \(name) NAME \(space)"
        case .serviceDeleted: "Restore the Service from its manifest, or: kubectl expose \(name) \(space) --port=PORT"
        case .serviceSelector:
            "Compare kubectl get pods --show-labels \(space) with kubectl get service \(cause.object.name) "
                + "\(space) -o jsonpath='{.spec.selector}', then correct the selector"
        case .serviceTargetPort:
            "Set targetPort to the port the pods listen on: kubectl edit service \(cause.object.name) \(space)"
        default:
            ofPods(cause, space, name) ?? around(cause, workload, space, name) ?? "Look at it by hand: \(describe)"
        }
    }

    /// The pod and container whose log tells: kubectl would show that of the first container of any pod.
    static func log(_ cause: Cause, _ name: String) -> String {
        guard let container = cause.container, let pod = cause.pods.first else { return name }
        return "\(pod.name) -c \(container)"
    }
}
