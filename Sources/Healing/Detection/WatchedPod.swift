public import FoundationEssentials
public import Kubernetes

/// What a watch shows of one pod that says how it is.
public struct WatchedPod: Hashable, Sendable {
    public enum Trouble: Hashable, Sendable {
        /// A container cannot be started: its image, its configuration or its command is not there.
        case notStarting(String)
        /// A container ends again and again.
        case crashing(String)
        case unschedulable(String)
    }

    /// A running container that a memory limit may end.
    public struct Limited: Hashable, Sendable {
        public var name: String
        /// In bytes.
        public var limit: Double
        public var startedAt: Date
    }

    public var name: String
    public var createdAt: Date?
    /// Nil until it has one.
    public var node: String?
    public var isReady: Bool
    /// On its way out, or finished for good: others take its place.
    public var isOver: Bool
    public var trouble: Trouble?
    /// Its containers that run under a memory limit.
    public var limited: [Limited]

    public init(_ pod: Pod) {
        name = pod.name
        createdAt = pod.metadata.creationTimestamp
        node = pod.spec.nodeName
        isReady = pod.isReady
        isOver = pod.metadata.deletionTimestamp != nil || pod.isTerminal
        trouble = isOver ? nil : Self.trouble(of: pod)
        limited = isOver ? [] : Self.limited(of: pod)
    }

    private static func limited(of pod: Pod) -> [Limited] {
        pod.spec.containers.compactMap { container in
            guard let limit = pod.memoryLimit(of: container.name),
                let status = pod.status?.containerStatuses?.first(where: { $0.name == container.name }),
                let begin = status.state?.running?.startedAt
            else { return nil }
            return Limited(name: container.name, limit: limit, startedAt: begin)
        }
    }

    /// Ends of containers that make a loop.
    private static let loopAfter = 2

    /// Waiting reasons with which the kubelet says that a container cannot be started.
    /// Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go and
    /// kuberuntime/kuberuntime_container.go
    private static let startFailures: Set<String> = [
        "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
        "RegistryUnavailable", "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
        "PreCreateHookError", "PostStartHookError", "CreatePodSandboxError",
    ]

    private static func trouble(of pod: Pod) -> Trouble? {
        for status in (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? []) {
            if let waiting = status.state?.waiting, let reason = waiting.reason {
                if startFailures.contains(reason) { return .notStarting("\(status.name): \(reason)") }
                if reason == "CrashLoopBackOff" { return .crashing("\(status.name): \(reason)") }
            }
            if let ended = status.state?.terminated, ended.exitCode != 0 {
                if ["StartError", "ContainerCannotRun"].contains(ended.reason) {
                    return .notStarting("\(status.name): \(ended.reason ?? "")")
                }
                return .crashing("\(status.name): ended with code \(ended.exitCode)")
            }
            // Between two ends it runs, and is as ill as in the back-off.
            if !status.ready, status.restartCount >= loopAfter, status.lastState?.terminated != nil {
                return .crashing("\(status.name): restarted \(status.restartCount) times")
            }
        }
        let scheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" }
        if scheduled?.status == "False", scheduled?.reason == "Unschedulable" {
            return .unschedulable(scheduled?.message ?? "no node takes it")
        }
        return nil
    }

    /// The workload that a pod belongs to, as far as the pod itself says; nil where none that Cortex heals owns it.
    ///
    /// A ReplicaSet of a Deployment is named after it and the hash of its template, which is a label of the pod.
    static func owner(of pod: Pod) -> WorkloadReference? {
        guard let controller = pod.metadata.controller else {
            // One that is not to be started again is somebody's errand and no service.
            return pod.spec.restartPolicy ?? "Always" == "Always"
                ? WorkloadReference(kind: .pod, namespace: pod.namespace, name: pod.name) : nil
        }
        func named(_ kind: WorkloadReference.Kind, _ name: String) -> WorkloadReference {
            WorkloadReference(kind: kind, namespace: pod.namespace, name: name)
        }
        switch controller.kind {
        case "ReplicaSet":
            if let hash = pod.metadata.labels?["pod-template-hash"], controller.name.hasSuffix("-" + hash) {
                return named(.deployment, String(controller.name.dropLast(hash.count + 1)))
            }
            return named(.replicaSet, controller.name)
        case "StatefulSet": return named(.statefulSet, controller.name)
        case "DaemonSet": return named(.daemonSet, controller.name)
        case "Job": return named(.job, controller.name)
        default: return nil
        }
    }
}
