import JSON
import Kubernetes

/// Faults of what surrounds a workload: nodes, quotas, admission, the API server itself.
extension Fault {
    func injectCluster(_ target: FaultTarget, _ world: inout World) {
        switch name {
        case .taint: taintNodes(&world)
        case .nodeDrained: drain(&world)
        case .nodeFull: fill(&world)
        case .diskPressure:
            for node in Set(target.pods(world).compactMap(\.nodeName)).sorted() { press(node, target, &world) }
        case .quotaExceeded:
            put(.resourceQuotas, "q", ["hard": ["pods": .string(String(number("pods", 1)))]], &world)
        case .limitRange:
            put(
                .limitRanges, "limits",
                ["limits": [["type": "Container", "max": ["memory": .string(text("memory", "16Mi"))]]]], &world)
        case .webhookDown: putWebhook(&world)
        case .hpaMaxed:
            putAutoscaler(least: 1, most: 2, goal: 10, &world)
            burden(target, cores: 1, &world)
        case .hpaBlind: putAutoscaler(least: 1, most: 4, goal: 80, &world)
        case .controlPlaneSlow, .controlPlaneGone: troubleAPI(&world)
        default: break
        }
        let recreates: Set<FaultName> = [.taint, .nodeFull, .quotaExceeded, .limitRange, .webhookDown]
        guard recreates.contains(name) else { return }
        for pod in target.pods(world) { world.remove(.pods, pod) }
    }

    /// For so many `seconds` (default 20) the API server answers nobody, or refuses a third of the
    /// requests and is late with some.
    private func troubleAPI(_ world: inout World) {
        var faults = APIFaults()
        if name == .controlPlaneGone {
            faults.isGone = true
        } else {
            faults.tooManyRequests = 0.2
            faults.internalErrors = 0.15
            faults.slow = 0.1
        }
        world.api.faults = faults
        world.api.faultsEnd = world.seconds + Double(number("seconds", 20))
    }

    private func put(_ resource: Resource, _ object: String, _ spec: JSONValue, _ world: inout World) {
        _ = world.add(
            resource,
            [
                "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind), "spec": spec,
                "metadata": ["name": .string(object), "namespace": .string(namespace)],
            ], as: "kubectl-create")
    }

    /// It checks pods before they are made, and nobody is behind it.
    private func putWebhook(_ world: inout World) {
        _ = world.add(
            Self.webhooks,
            [
                "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
                "metadata": ["name": "check"],
                "webhooks": [
                    [
                        "name": .string(text("webhook", "check.example.com")), "failurePolicy": "Fail",
                        "sideEffects": "None", "admissionReviewVersions": ["v1"],
                        "clientConfig": ["service": ["name": "check", "namespace": .string(namespace)]],
                        "rules": [
                            [
                                "operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                                "resources": ["pods"],
                            ]
                        ],
                    ]
                ],
            ], as: "kubectl-create")
    }

    private static let webhooks = Resource(
        group: "admissionregistration.k8s.io", plural: "validatingwebhookconfigurations",
        kind: "ValidatingWebhookConfiguration", isNamespaced: false)

    private func taintNodes(_ world: inout World) {
        for node in world.all(.nodes, in: nil) {
            world.edit(.nodes, node, as: "kubectl-taint") { node in
                let taint: JSONValue = ["key": .string(text("key", "maintenance")), "effect": "NoSchedule"]
                node.put([taint], at: "spec", "taints")
            }
        }
    }

    private func drain(_ world: inout World) {
        for node in world.all(.nodes, in: nil) {
            world.edit(.nodes, node, as: "kubectl-cordon") { $0.put(true, at: "spec", "unschedulable") }
        }
        for pod in world.all(.pods, in: nil) where pod.controller?["kind"]?.stringValue != "DaemonSet" {
            world.remove(.pods, pod)
        }
    }

    /// A pod of another workload takes all the CPU that is left.
    private func fill(_ world: inout World) {
        for load in NodeLoad.all(world) {
            let spare = max(0, load.cpu - load.usedCPU)
            _ = world.add(
                .pods,
                [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": ["name": .string("filler-\(load.name)"), "namespace": "default"],
                    "spec": [
                        "nodeName": .string(load.name), "restartPolicy": "Always",
                        "containers": [
                            [
                                "name": "filler", "image": "pause:3",
                                "resources": ["requests": ["cpu": .string("\(Int(spare * 1000) + 4000)m")]],
                            ]
                        ],
                    ],
                ], as: "kubectl-create")
        }
    }

    /// The eviction threshold is crossed: pods of the node are failed, and none is let in.
    private func press(_ name: String, _ target: FaultTarget, _ world: inout World) {
        guard let node = world.find(.nodes, nil, name) else { return }
        let stamp = world.stamp(world.seconds)
        world.edit(.nodes, node, as: "kubelet", status: true) { node in
            node.setCondition(
                "DiskPressure", "True", reason: "KubeletHasDiskPressure", message: "kubelet has disk pressure",
                at: stamp, updates: false)
        }
        world.edit(.nodes, node, as: "kube-controller-manager") { node in
            node.put([["key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"]], at: "spec", "taints")
        }
        for pod in target.pods(world) where pod.nodeName == name {
            world.tell(
                pod, .pods, "Evicted", "The node was low on resource: ephemeral-storage.", isWarning: true,
                from: "kubelet")
            world.edit(.pods, pod, as: "kubelet", status: true) { pod in
                pod["status"] = [
                    "phase": "Failed", "reason": "Evicted",
                    "message": "The node was low on resource: ephemeral-storage.",
                ]
            }
            world.abandon(pod.uid)
        }
    }

    private func burden(_ target: FaultTarget, cores: Double, _ world: inout World) {
        for pod in target.pods(world) {
            guard var runtime = world.machines.pods[pod.uid] else { continue }
            for index in runtime.containers.indices { runtime.containers[index].process?.program.cpu = cores }
            world.machines.pods[pod.uid] = runtime
        }
    }

    func injectJob(_ target: FaultTarget, _ world: inout World) {
        let code = name == .jobFailed ? 1 : 0
        let script = name == .cronJobBlocked ? "sleep infinity" : "echo done; exit \(code)"
        let template: JSONValue = [
            "spec": [
                "restartPolicy": "Never",
                "containers": [["name": "job", "image": "busybox:1", "command": ["sh", "-c", .string(script)]]],
            ]
        ]
        let job: JSONValue = ["backoffLimit": 0, "template": template, "completions": 1, "parallelism": 1]
        guard name == .cronJobBlocked || name == .suspended else {
            return put(JobController.resource, "\(service)-job", job, &world)
        }
        put(
            CronJobController.resource, "\(service)-cron",
            [
                "schedule": "* * * * *", "concurrencyPolicy": "Forbid", "suspend": .bool(name == .suspended),
                "jobTemplate": ["spec": job],
            ], &world)
    }
}

extension World {
    /// The kubelet no longer runs a pod that it failed itself.
    mutating func abandon(_ uid: String) {
        guard let runtime = machines.pods.removeValue(forKey: uid) else { return }
        machines.wakes[uid] = nil
        machines.dependents.remove(uid)
        machines.addresses[runtime.ip] = nil
    }
}

extension Resource {
    static let limitRanges = Resource(plural: "limitranges", kind: "LimitRange")
}
