import Diagnosis
import Kubernetes

/// What a person can do about a cause, with the exact command. Names from the cluster are Kubernetes names and need no
/// quoting in a shell.
enum Advice {
    static func text(for cause: Cause, _ workload: WorkloadReference) -> String {
        let space = "-n \(workload.namespace)"
        let name = "\(workload.kind.rawValue.lowercased())/\(workload.name)"
        let describe = "kubectl describe \(cause.object.kind.lowercased()) \(cause.object.name) \(space)"
        return switch cause.id {
        case .zeroOnPurpose:
            "If it should run: remove the mark that keeps it at zero, then kubectl scale \(name) --replicas=1 \(space)"
        case .rolloutPaused: "If the pause is over: kubectl rollout resume \(name) \(space)"
        case .crashOnlyRevision, .crashNewRevision, .crashTransient, .initCrashes:
            "Read the log: kubectl logs \(name) --previous --tail=50 \(space); then correct the program or its settings"
        case .badCommand: "Correct the container's command or arguments: kubectl edit \(name) \(space)"
        case .imageNotFound, .imageNever, .imageInvalid:
            "Push the image, or name one that exists: kubectl set image \(name) CONTAINER=IMAGE \(space)"
        case .imageRegistryDown: "Bring the registry back; the kubelet pulls again by itself"
        case .pullSecretMissing:
            "Create the pull secret and name it in imagePullSecrets: kubectl create secret docker-registry NAME "
                + "--docker-server=… --docker-username=… --docker-password=… \(space)"
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
        case .quotaExceeded:
            "See the quota (kubectl describe resourcequota \(space)); raise it or free what is not needed"
        case .limitRange: "See the limits (kubectl describe limitrange \(space)) and fit the pod's resources to them"
        case .webhookDown:
            "Bring the webhook's backend up; see kubectl get validatingwebhookconfigurations,"
                + "mutatingwebhookconfigurations"
        case .claimPending: "See why the claim is not bound: kubectl describe pvc \(space); kubectl get storageclass"
        case .nodeSelector, .antiAffinity, .taint, .nodeFull, .requestTooBig, .ghostNode:
            "See what the scheduler says: kubectl get events \(space) --field-selector reason=FailedScheduling; "
                + "kubectl describe nodes"
        case .nodeNotReady: "Look at the node: kubectl describe node; then its kubelet and container runtime"
        case .nodeDrained: "When the maintenance is over: kubectl uncordon NODE"
        case .dnsDown: "Look at the cluster's DNS: kubectl get pods -n kube-system -l k8s-app=kube-dns"
        case .forbidden: "Grant the missing rule: kubectl auth can-i --list \(space) shows what is granted"
        case .hang: "Find out where it hangs, then replace its pods one by one: kubectl delete pod NAME \(space)"
        default: "Look at it by hand: \(describe)"
        }
    }
}
