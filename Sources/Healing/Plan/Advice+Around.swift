import Diagnosis
import Kubernetes

extension Advice {
    /// What is about the workload's surroundings and not about itself; nil for other causes.
    static func around(
        _ cause: Cause, _ workload: WorkloadReference, _ space: String, _ name: String
    ) -> String? {
        switch cause.id {
        case .quotaExceeded:
            "See the quota (kubectl describe resourcequota \(space)); raise it or free what is not needed"
        case .limitRange: "See the limits (kubectl describe limitrange \(space)) and fit the pod's resources to them"
        case .webhookDown:
            "Bring the webhook's backend up\(backend(cause)); see kubectl get validatingwebhookconfigurations,"
                + "mutatingwebhookconfigurations"
        case .claimPending: "See why the claim is not bound: kubectl describe pvc \(space); kubectl get storageclass"
        case .volumeElsewhere:
            "See where the volume is (kubectl describe pvc \(space); kubectl describe pv: Node Affinity) and what is "
                + "in the way there (kubectl describe nodes): uncordon that node, or make room on it. Only a restored "
                + "copy of the data lets the pods go elsewhere"
        case .hostPort:
            "See who holds the port: kubectl get pods -A -o wide; then give the pods another, or none: a Service "
                + "needs no hostPort"
        case .nodeSelector, .antiAffinity, .podAffinity, .topologySpread, .taint, .nodeFull, .requestTooBig, .ghostNode:
            "See what the scheduler says: kubectl get events \(space) --field-selector reason=FailedScheduling; "
                + "kubectl describe nodes"
        case .nodeNotReady:
            "Look at the node: kubectl describe node \(nodeName(cause)); then its kubelet and container runtime"
        case .nodeDrained: "When the maintenance is over: kubectl uncordon \(nodeName(cause))"
        case .sandboxFailed:
            "Look at the node's network plugin and runtime: kubectl describe node \(nodeName(cause)); kubectl get pods "
                + "-n kube-system -o wide; kubectl get runtimeclass; its addresses may be used up (/etc/cni/net.d, "
                + "/var/lib/cni on the node)"
        case .dnsDown:
            "Look at the cluster's DNS: kubectl get pods -n kube-system -l k8s-app=kube-dns; "
                + "kubectl logs -n kube-system -l k8s-app=kube-dns --tail=20"
        default: others(cause, workload, space, name)
        }
    }

    private static func others(
        _ cause: Cause, _ workload: WorkloadReference, _ space: String, _ name: String
    ) -> String? {
        switch cause.id {
        case .networkPolicy:
            "See whom it admits: kubectl describe networkpolicy \(cause.object.name) \(space); then let its "
                + "author admit the callers"
        case .dependencyDown:
            "See what is behind it: cortex diagnose \(cause.dependency?.name ?? cause.object.name) \(space)"
        case .dependencyMissing:
            "Deploy what it calls, or correct the name it calls: kubectl get services \(space); kubectl edit "
                + "\(name) \(space)"
        case .rbacRevoked:
            "See what its account may do: kubectl auth can-i --list "
                + "--as=system:serviceaccount:\(workload.namespace):ACCOUNT \(space); kubectl get rolebindings "
                + "\(space) -o wide; then restore the binding from its source"
        case .budgetBlocks:
            "Either run one more (kubectl scale \(name) --replicas=N \(space)), or let its owner relax "
                + "kubectl edit poddisruptionbudget \(cause.object.name) \(space)"
        case .autoscalerMaxed:
            "See its load: kubectl describe hpa \(cause.object.name) \(space); if the cluster has room for more, raise "
                + "maxReplicas: kubectl edit hpa \(cause.object.name) \(space)"
        case .autoscalerBlind:
            "Give its containers a request to measure against (kubectl set resources \(name) "
                + "--requests=cpu=100m \(space)), "
                + "and see that the metrics are there: kubectl top pod \(space)"
        case .metricsDown: metrics(cause)
        case .jobFailed:
            "Read its log: kubectl logs \(jobName(cause, name)) --tail=50 \(space); when the reason is gone, make "
                + "the Job again from its source"
        case .cronJobBlocked:
            "See what the Job waits for: kubectl get jobs \(space); kubectl logs \(podName(cause)) --tail=50 "
                + "\(space); set activeDeadlineSeconds so that it ends by itself"
        case .suspended:
            "If it should run: kubectl patch \(name) \(space) -p '{\"spec\":{\"suspend\":false}}'"
        case .runtimeDown:
            "On the node: systemctl status containerd (K3s: systemctl status k3s); kubectl describe node "
                + nodeName(cause)
        case .diskPressure:
            "Free disk space on the node: kubectl describe node \(nodeName(cause)); there: df -h, "
                + "crictl rmi --prune"
        case .memoryPressure:
            "See what takes the memory: kubectl top pod -A --sort-by=memory; kubectl describe node "
                + nodeName(cause)
        case .statefulSetStuck, .daemonSetStuck:
            "See what its new pod says: kubectl describe pod \(podName(cause)) \(space); then kubectl rollout "
                + "undo \(name) "
                + "\(space), and delete the pod that cannot start"
        case .forbidden: "Grant the missing rule: kubectl auth can-i --list \(space) shows what is granted"
        case .hang: "Find out where it hangs, then replace its pods one by one: kubectl delete pod NAME \(space)"
        default: nil
        }
    }

    private static func metrics(_ cause: Cause) -> String {
        let name = cause.object.kind == "APIService" ? cause.object.name : "v1beta1.metrics.k8s.io"
        return "See why it is not available, and which Service is behind it: kubectl describe apiservice \(name); "
            + "of the metrics server: kubectl get pods -n kube-system -l k8s-app=metrics-server; kubectl logs -n "
            + "kube-system -l k8s-app=metrics-server --tail=20. The autoscalers go on by themselves when it answers"
    }

    /// `: kubectl describe endpoints check -n policy`, where the Service behind the webhook is known.
    private static func backend(_ cause: Cause) -> String {
        guard cause.object.kind == "Service", let namespace = cause.object.namespace else { return "" }
        return ": kubectl describe service \(cause.object.name) -n \(namespace)"
    }

    private static func nodeName(_ cause: Cause) -> String {
        cause.object.kind == "Node" ? cause.object.name : "NODE"
    }

    private static func podName(_ cause: Cause) -> String { cause.pods.first?.name ?? "POD" }

    private static func jobName(_ cause: Cause, _ name: String) -> String {
        cause.object.kind == "Job" ? "job/\(cause.object.name)" : name
    }
}
