extension AccessRule {
    private static let reading = ["get", "list", "watch"]

    /// Everything Cortex may ask for. An action that writes has its rule here, or it ends in `forbidden`.
    public static let table: [AccessRule] = looking + repairing + optional

    private static let looking: [AccessRule] = [
        .init("", "services", reading, .looking, in: .healed, "which Service it is, and which tool servers there are"),
        .init("", "endpoints", reading, .looking, in: .healed, "whether anything stands behind the Service"),
        .init("", "pods", reading, .looking, in: .healed, "what state the pods are in"),
        .init("", "events", reading, .looking, in: .healed, "what the cluster says about them"),
        .init("", "pods/log", ["get"], .looking, in: .healed, "the last lines of a container that fails"),
        .init("apps", "deployments", reading, .looking, in: .healed, "the workload, and its rollout"),
        .init("apps", "statefulsets", reading, .looking, in: .healed, "the workload, and its rollout"),
        .init("apps", "replicasets", ["list", "watch"], .looking, in: .healed, "the revisions of a Deployment"),
        .init("apps", "daemonsets", ["list", "watch"], .looking, in: .healed, "the workload"),
        .init(
            "autoscaling", "horizontalpodautoscalers", ["list", "watch"], .looking, in: .healed,
            "whether an autoscaler owns the replicas, and whether it can scale"),
        .init("", "namespaces", ["get"], .looking, in: .healed, "its annotation cortex.io/heal"),
        .init("", "persistentvolumeclaims", ["list"], .looking, in: .healed, "why a pod waits for its volume"),
        .init(
            "networking.k8s.io", "networkpolicies", ["list"], .looking, in: .healed,
            "whether a policy keeps requests from pods that are ready"),
        .init(
            "policy", "poddisruptionbudgets", ["list"], .looking, in: .healed, "whether a pod that hangs may go"),
        .init("", "resourcequotas", ["list"], .looking, in: .healed, "which quota refuses a pod, and who changed it"),
        .init("", "limitranges", ["list"], .looking, in: .healed, "which bounds refuse a pod, and who changed them"),
        .init(
            "", "configmaps", ["list"], .looking, in: .healed,
            "who changed one that a failing pod reads: its metadata is asked for, never its data"),
        .init("batch", "jobs", ["list", "watch"], .looking, in: .healed, "work that failed or does not end"),
        .init("batch", "cronjobs", ["list", "watch"], .looking, in: .healed, "runs that are missed"),
        .init(
            "apps", "controllerrevisions", ["list"], .looking, in: .healed,
            "the revisions of a StatefulSet or DaemonSet"),
        .init(
            "metrics.k8s.io", "pods", ["list"], .looking, in: .healed,
            "how the memory of containers grows that a limit may end"),
        .init("", "nodes", ["list", "watch"], .looking, in: .cluster, "whether the machine is the cause"),
        .init("", "pods", ["get", "list"], .looking, in: .own, "kubectl get pods from inside Cortex's own pod"),
    ]

    private static let repairing: [AccessRule] = [
        .init("apps", "deployments/scale", ["patch"], .repairing([.scale]), in: .healed, "back to the previous count"),
        .init("apps", "statefulsets/scale", ["patch"], .repairing([.scale]), in: .healed, "back to the previous count"),
        .init("apps", "replicasets/scale", ["patch"], .repairing([.scale]), in: .healed, "back to the previous count"),
        .init(
            "apps", "deployments", ["patch"], .repairing([.rollback, .restart, .memory]), in: .healed,
            "back to the last healthy revision; a rollout restart; a memory limit"),
        .init(
            "apps", "statefulsets", ["patch"], .repairing([.rollback, .memory]), in: .healed,
            "back to the last healthy revision; a memory limit"),
        .init(
            "apps", "daemonsets", ["patch"], .repairing([.rollback]), in: .healed, "back to the last healthy revision"),
        .init(
            "", "pods/eviction", ["create"], .repairing([.replace]), in: .healed,
            "one pod replaced, never below a PodDisruptionBudget"),
        .init("", "services", ["patch"], .repairing([.repair]), in: .healed, "a selector or a port that matches again"),
        .init("", "services", ["create"], .repairing([.repair]), in: .healed, "a deleted Service, as it was last seen"),
        .init("", "events", ["create"], .recording, in: .healed, "what was changed and why, on the object"),
        .init(
            "coordination.k8s.io", "leases", ["get", "create", "patch", "delete"], .leasing, in: .own,
            "one Cortex at a time at a workload, while two run"),
    ]

    private static let optional: [AccessRule] = [
        .init(
            "", "services/proxy", ["get", "create"], .proxying, in: .healed,
            "tool servers, asked through the API server from outside of the cluster"),
        .init(
            "apps", "deployments/scale", ["get", "update", "patch"], .workerProgram, in: .healed, "kubectl scale"),
        .init(
            "apps", "deployments", ["update", "patch"], .workerProgram, in: .healed, "kubectl rollout, replace"),
        .init(
            "", "pods", ["create", "delete"], .workerProgram, in: .healed, "kubectl run, for a test of the connection"),
    ]
}
