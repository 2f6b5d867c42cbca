import JSON
import Kubernetes

/// Faults of a workload as it runs: its count, its pods, what its processes do.
extension Fault {
    func injectState(_ target: FaultTarget, _ world: inout World) {
        switch name {
        case .scaledToZero, .flapping: scale(target, to: 0, &world)
        case .zeroOnPurpose:
            world.edit(target.resource, target.workload, as: "keda") { workload in
                workload.put("0", at: "metadata", "annotations", "autoscaling.keda.sh/paused-replicas")
            }
            scale(target, to: 0, &world)
        case .hpaOwnsReplicas:
            putAutoscaler(least: 1, most: 4, goal: 80, &world)
            scale(target, to: 0, &world)
        case .podDeleted, .noise:
            for pod in target.pods(world).prefix(1) { world.remove(.pods, pod) }
        case .podFailedLeftover: leaveFailedPod(target, &world)
        case .hang: hang(target, &world)
        case .pdbBlocks:
            putBudget(target, &world)
            hang(target, &world)
        case .massFailure: failMany(&world)
        case .forbidden: scale(target, to: 0, &world)
        default: break
        }
    }

    func scale(_ target: FaultTarget, to count: Int, _ world: inout World) {
        world.edit(target.resource, target.workload, as: "kubectl") { $0.put(.integer(count), at: "spec", "replicas") }
    }

    /// One process, or all with the parameter `pods`, stops answering.
    private func hang(_ target: FaultTarget, _ world: inout World) {
        let silence = Program.Silence(rawValue: text("silence", "work")) ?? .work
        for pod in target.pods(world).filter(\.isReady).prefix(number("pods", 1)) {
            world.hang(pod: pod.uid, silence)
        }
    }

    private func leaveFailedPod(_ target: FaultTarget, _ world: inout World) {
        guard let pod = target.pods(world).first else { return }
        var failed = pod
        failed["status"] = [
            "phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory.",
        ]
        for field in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] {
            failed.put(nil, at: "metadata", field)
        }
        failed.put(.string(pod.name.dropLast(5) + "evict"), at: "metadata", "name")
        _ = world.add(.pods, failed, as: "kubelet")
    }

    private func putBudget(_ target: FaultTarget, _ world: inout World) {
        _ = world.add(
            DisruptionController.resource,
            [
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                "metadata": ["name": .string(service), "namespace": .string(namespace)],
                "spec": [
                    "minAvailable": target.workload.at("spec", "replicas") ?? 1,
                    "selector": target.workload.at("spec", "selector") ?? [:],
                ],
            ], as: "kubectl-create")
    }

    func putAutoscaler(least: Int, most: Int, goal: Int, _ world: inout World) {
        _ = world.add(
            .autoscalers,
            [
                "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                "metadata": ["name": .string(service), "namespace": .string(namespace)],
                "spec": [
                    "minReplicas": .integer(least), "maxReplicas": .integer(most),
                    "metrics": [
                        [
                            "type": "Resource",
                            "resource": [
                                "name": "cpu",
                                "target": ["type": "Utilization", "averageUtilization": .integer(goal)],
                            ],
                        ]
                    ],
                    "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": .string(service)],
                ],
            ], as: "kubectl-create")
    }

    /// More than half of the namespace's Deployments are scaled to zero at once.
    private func failMany(_ world: inout World) {
        let all = world.all(.deployments, in: namespace)
        // More than half, and never so few that each is a fault of its own.
        let others = all.filter { $0.name != service }.prefix(max(3, all.count / 2))
        for workload in all.filter({ $0.name == service }) + others {
            world.edit(.deployments, workload, as: "kubectl") { $0.put(0, at: "spec", "replicas") }
        }
    }
}

extension World {
    /// Makes the processes of a running pod take requests for work and answer none.
    /// - Returns: false where no such pod runs.
    public mutating func hang(pod name: String, in namespace: String) -> Bool {
        guard let pod = find(.pods, namespace, name), machines.pods[pod.uid] != nil else { return false }
        hang(pod: pod.uid, .work)
        return true
    }

    /// Makes the processes of a running pod stop answering from now on.
    mutating func hang(pod uid: String, _ silence: Program.Silence) {
        guard var runtime = machines.pods[uid] else { return }
        for index in runtime.containers.indices where runtime.containers[index].isRunning {
            runtime.containers[index].process?.hungSince = seconds
            runtime.containers[index].process?.silence = silence
            runtime.containers[index].readiness?.resume(at: seconds)
            runtime.containers[index].liveness?.resume(at: seconds)
        }
        machines.pods[uid] = runtime
        machines.wakes[uid] = runtime.nextAt
    }
}
