import Diagnosis
import JSON
import Testing

@Suite("What stands around a workload")
struct SurroundingCases {
    static func named(_ kind: String, _ name: String, _ members: [String: JSONValue] = [:]) -> JSONValue {
        var object: [String: JSONValue] = [
            "kind": .string(kind), "metadata": ["name": .string(name), "namespace": "shop"],
        ]
        object.merge(members) { _, new in new }
        return .object(object)
    }

    private static let silence = ServiceAnswer(kind: .timeout, message: "timed out")
    private static func policy(_ spec: JSONValue) -> JSONValue { named("NetworkPolicy", "deny", ["spec": spec]) }
    private static let denyAll = policy(["podSelector": [:], "policyTypes": ["Ingress"]])

    private static let policies: [Case] = [
        Case(
            "a policy that admits nobody looks like a hang and is none",
            Scene {
                $0.answer = silence
                $0.others = [denyAll]
            }, is: .networkPolicy, finding: "policy-restricts"),
        Case(
            "a policy that rejects is refused, which is not a wrong port",
            Scene {
                $0.answer = ServiceAnswer(kind: .connectionRefused, message: "refused")
                $0.others = [denyAll]
            }, is: .networkPolicy),
        Case(
            "a policy that admits only others",
            Scene {
                $0.answer = silence
                $0.others = [
                    policy([
                        "podSelector": ["matchLabels": ["app": "web"]],
                        "ingress": [["from": [["podSelector": ["matchLabels": ["app": "front"]]]]]],
                    ])
                ]
            }, is: .networkPolicy),
        Case(
            "policies add up: what one admits none denies",
            Scene {
                $0.answer = silence
                $0.others = [
                    denyAll, policy(["podSelector": [:], "ingress": [["ports": [["port": "http"]]]]]),
                ]
            }, is: .hang),
        Case(
            "a policy about other pods says nothing",
            Scene {
                $0.answer = silence
                $0.others = [policy(["podSelector": ["matchLabels": ["app": "db"]]])]
            }, is: .hang),
        Case(
            "a policy under which the service answers is in order",
            Scene {
                $0.answer = ServiceAnswer(kind: .ok, message: "")
                $0.others = [denyAll]
            }, is: nil, healthy: true),
    ]

    private static func budget(allowed: Int64, desired: Int64, name: String = "web") -> JSONValue {
        named(
            "PodDisruptionBudget", name,
            [
                "spec": ["minAvailable": .integer(desired), "selector": ["matchLabels": ["app": "web"]]],
                "status": [
                    "disruptionsAllowed": .integer(allowed), "currentHealthy": 2, "desiredHealthy": .integer(desired),
                    "expectedPods": 2,
                ],
            ])
    }
    /// A node that somebody drains: two pods stay on it, and a budget says no.
    private static func drained(_ change: (inout Scene) -> Void) -> Scene {
        Scene {
            $0.nodes = [Scene.node("node1", cordoned: true), Scene.node("node2")]
            change(&$0)
        }
    }
    private static let drains: [Case] = [
        Case(
            "a drain that a budget never lets go on", drained { $0.others = [budget(allowed: 0, desired: 2)] },
            is: .budgetBlocks, finding: "drain-blocked"),
        Case(
            "a drain that waits for pods of the budget that others have",
            drained { $0.others = [budget(allowed: 0, desired: 1)] }, is: .budgetBlocks),
        Case(
            "a drain that a budget only holds up for a moment",
            drained { $0.others = [budget(allowed: 1, desired: 1)] },
            is: nil, healthy: true),
        Case("a node that is cordoned and holds what it holds", drained { _ in }, is: nil, healthy: true),
        Case(
            "a node that is cordoned and not drained: what nothing protects is still on it",
            drained { $0.others = [budget(allowed: 0, desired: 2), bystander()] }, is: nil, healthy: true),
        Case(
            "of a workload that is ill and in the way of a drain the illness is the cause",
            drained {
                $0.others = [budget(allowed: 0, desired: 1)]
                $0.revisions = [.init(pods: [.ready(), .waiting("ImagePullBackOff", "not found")])]
            }, is: .imageNotFound, finding: "drain-blocked"),
    ]
    private static func bystander() -> JSONValue {
        [
            "kind": "Pod",
            "metadata": [
                "name": "other-1", "namespace": "shop", "labels": ["app": "other"],
                "ownerReferences": [
                    ["apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "other", "uid": "o", "controller": true]
                ],
            ],
            "spec": ["nodeName": "node1", "containers": [["name": "other"]]], "status": ["phase": "Running"],
        ]
    }

    private static func claim(_ phase: String) -> JSONValue {
        named(
            "PersistentVolumeClaim", "data",
            ["spec": ["storageClassName": "nope"], "status": ["phase": .string(phase)]])
    }
    private static let mounting = Scene.template { _, spec in
        spec["volumes"] = [["name": "v", "persistentVolumeClaim": ["claimName": "data"]]]
    }
    private static func scaler(_ conditions: String, cpu: Int64 = 90) -> JSONValue {
        [
            "kind": "HorizontalPodAutoscaler",
            "metadata": [
                "name": "web", "namespace": "shop",
                "annotations": ["autoscaling.alpha.kubernetes.io/conditions": .string(conditions)],
            ],
            "spec": [
                "scaleTargetRef": ["kind": "Deployment", "name": "web"], "maxReplicas": 2,
                "targetCPUUtilizationPercentage": 50,
            ],
            "status": ["currentCPUUtilizationPercentage": .integer(cpu)],
        ]
    }
    private static let maxed =
        #"[{"type":"ScalingLimited","status":"True","reason":"TooManyReplicas","message":"more than the maximum"}]"#
    private static let blind =
        #"[{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"missing request "#
        + #"for cpu"}]"#
    private static let young =
        #"[{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"no metrics yet","#
        + #""lastTransitionTime":"2026-11-24T11:59:50Z"}]"#

    private static func silent(_ what: String, _ answer: String) -> String {
        #"[{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"unable to fetch "#
            + #"metrics from \#(what) metrics API: \#(answer)","lastTransitionTime":"2026-11-24T11:50:00Z"}]"#
    }

    private static let limits: [Case] = [
        Case(
            "an autoscaler whose figures' API is down is not at fault",
            Scene {
                $0.others = [
                    scaler(
                        silent(
                            "resource", "the server is currently unable to handle the request (get pods.metrics.k8s.io)"
                        ))
                ]
            }, is: .metricsDown, finding: "autoscaler-blind"),
        Case(
            "nor one whose figures' API nobody registered",
            Scene {
                $0.others = [
                    scaler(silent("custom", "the server could not find the requested resource (get rps)"))
                ]
            }, is: .metricsDown),
        Case(
            "an API that answers and has no such figure is up",
            Scene { $0.others = [scaler(silent("custom", "the server could not find the metric rps for pods"))] },
            is: .autoscalerBlind),
        Case(
            "one that answers why something behind it did not is up too",
            Scene {
                $0.others = [
                    scaler(silent("external", "Internal error occurred: dial tcp 10.0.0.9:9090: connection refused"))
                ]
            }, is: .autoscalerBlind),
        Case(
            "a budget that wants every pod never lets the one that hangs go",
            Scene {
                $0.answer = silence
                $0.others = [budget(allowed: 0, desired: 2)]
            }, is: .budgetBlocks),
        Case(
            "a budget that allows an eviction later only makes one wait",
            Scene {
                $0.answer = silence
                $0.others = [budget(allowed: 0, desired: 1)]
            }, is: .hang, finding: "disruption-not-allowed"),
        Case(
            "two budgets that would each allow it rule out the eviction together",
            Scene {
                $0.answer = silence
                $0.others = [budget(allowed: 1, desired: 1), budget(allowed: 1, desired: 1, name: "all")]
            }, is: .budgetBlocks, finding: "several-budgets"),
        Case(
            "a claim of a class that does not exist",
            .rollout(mounting, [.unscheduled("pod has unbound immediate PersistentVolumeClaims.")]) {
                $0.others = [claim("Pending")]
                $0.events = [
                    Scene.event(
                        "PersistentVolumeClaim", "data", "ProvisioningFailed",
                        "storageclass.storage.k8s.io \"nope\" not found")
                ]
            }, is: .claimPending, rollback: 1, finding: "claim-not-bound"),
        Case(
            "a volume in a zone that has no room is no claim that is not bound",
            Scene {
                $0.revisions = [
                    .init(
                        template: mounting,
                        pods: [
                            .unscheduled(
                                "0/2 nodes are available: 2 node(s) had volume node affinity conflict."
                            )
                        ])
                ]
                $0.others = [claim("Bound")]
            }, is: .volumeElsewhere),
        Case(
            "a claim that does not exist",
            .rollout(mounting, [.waiting("ContainerCreating")]), is: .claimPending, finding: "claim-missing"),
        Case(
            "an autoscaler at its maximum", Scene { $0.others = [scaler(maxed)] }, is: .autoscalerMaxed,
            finding: "hpa-owns-replicas"),
        Case(
            "an autoscaler at its maximum whose load is at the target",
            Scene { $0.others = [scaler(maxed, cpu: 50)] }, is: nil, healthy: true),
        Case("an autoscaler without figures", Scene { $0.others = [scaler(blind)] }, is: .autoscalerBlind),
        Case(
            "an autoscaler that has just begun has none yet", Scene { $0.others = [scaler(young)] }, is: nil,
            healthy: true),
        Case(
            "an overloaded service at its maximum does not hang",
            Scene {
                $0.answer = silence
                $0.others = [scaler(maxed)]
            }, is: .autoscalerMaxed),
    ]

    private static func node(_ type: String, _ status: String, _ message: String, ready: String = "True") -> JSONValue {
        [
            "kind": "Node", "metadata": ["name": "node1"],
            "status": [
                "conditions": [
                    [
                        "type": "Ready", "status": .string(type == "Ready" ? status : ready),
                        "message": .string(message),
                    ],
                    ["type": .string(type), "status": .string(status), "message": .string(message)],
                ],
                "allocatable": ["memory": "4Gi", "cpu": "4"],
            ],
        ]
    }
    private static func evicted() -> PodShape { .finished("Failed", "Evicted") }

    private static let machines: [Case] = [
        Case(
            "a kubelet that is gone",
            Scene {
                $0.nodes = [node("Ready", "Unknown", "Kubelet stopped posting node status.")]
                $0.revisions = [.init(pods: [.lostReadiness(), .lostReadiness()])]
            }, is: .nodeNotReady),
        Case(
            "a runtime that is gone",
            Scene {
                $0.nodes = [node("Ready", "False", "container runtime is down")]
                $0.revisions = [.init(pods: [.lostReadiness(), .lostReadiness()])]
            }, is: .runtimeDown),
        Case(
            "a runtime that is gone under pods that still serve",
            Scene { $0.nodes = [node("Ready", "False", "container runtime is down")] }, is: .runtimeDown),
        Case(
            "a node whose disk is full under pods that still serve",
            Scene { $0.nodes = [node("DiskPressure", "True", "kubelet has disk pressure")] }, is: .diskPressure),
        Case(
            "a node whose disk is full keeps pods off",
            Scene {
                $0.nodes = [node("DiskPressure", "True", "kubelet has disk pressure")]
                $0.revisions = [
                    .init(pods: [
                        .unscheduled("0/1 nodes: 1 node(s) had taint {node.kubernetes.io/disk-pressure: }, that ...")
                    ])
                ]
            }, is: .diskPressure, finding: "node-pressure"),
        Case(
            "leftovers of an eviction beside pods that serve are no fault",
            Scene { $0.revisions = [.init(pods: [.ready(), .ready(), evicted()])] }, is: nil, healthy: true,
            finding: "finished-pods"),
    ]

    @Test("denied traffic is told from a hang", arguments: policies)
    func policy(_ item: Case) throws { try item.check() }

    @Test("budgets, claims and autoscalers are named", arguments: limits)
    func limit(_ item: Case) throws { try item.check() }

    @Test("what keeps a node from being drained is named", arguments: drains)
    func drain(_ test: Case) throws { try test.check() }

    @Test("a drain's way on is told with its numbers, where one more pod would help")
    func drainNumbers() throws {
        var scene = Self.drained { $0.others = [Self.budget(allowed: 0, desired: 2)] }
        let cause = try #require(try scene.verdict().cause)
        #expect(cause.wantedReplicas == 3)
        #expect(cause.node == "node1")
        scene.answer = ServiceAnswer(kind: .ok, message: "it answers")
        #expect(try scene.verdict().cause?.against == [], "that it answers is no argument")
        scene.answer = nil
        var share = Self.budget(allowed: 0, desired: 2)
        share["spec"] = ["maxUnavailable": 0, "selector": ["matchLabels": ["app": "web"]]]
        scene.others = [share]
        #expect(try scene.verdict().cause?.wantedReplicas == nil)
    }

    @Test("a machine in trouble is named", arguments: machines)
    func machine(_ item: Case) throws { try item.check() }

    private static func unplaced(_ reason: String) -> Scene {
        .rollout(
            Scene.template { _, spec in spec["affinity"] = ["podAffinity": [:]] },
            [.unscheduled("0/1 nodes are available: 1 node(s) \(reason).")])
    }

    @Test(
        "the scheduler's reasons are told from each other",
        arguments: [
            ("didn't have free ports for the requested pod ports", CauseID.hostPort),
            ("didn't match pod topology spread constraints (missing required label)", .topologySpread),
            ("didn't match pod affinity rules, 1 node(s) didn't match pod affinity/anti-affinity", .podAffinity),
            ("didn't match pod anti-affinity rules, 1 node(s) didn't match pod affinity/anti-affinity", .antiAffinity),
            ("didn't find available persistent volumes to bind", .claimPending),
            ("had something new", .rolloutStuck),
        ])
    func scheduling(_ reason: String, _ cause: CauseID) throws {
        let verdict = try Self.unplaced(reason).verdict()
        #expect(verdict.cause?.id == cause, "\(verdict)")
        #expect(verdict.cause?.rollbackRevision == 1, "it came with the template")
    }

    @Test("what is left of two faults is said in the order to heal them")
    func twoFaults() throws {
        let verdict = try Scene {
            $0.replicas = 0
            $0.revisions = [.init(desiredAnnotation: 0)]
            $0.selector = ["app": "wbe"]
        }.verdict()
        #expect(verdict.cause?.id == .scaledToZero)
        #expect(verdict.others.map(\.id) == [.serviceSelector])
    }

    @Test("a cause carries its evidence, what speaks against it, and how sure it is")
    func weighing() throws {
        let verdict = try Scene { $0.answer = Self.silence }.verdict()
        #expect(verdict.cause?.evidence.isEmpty == false)
        #expect(verdict.cause?.confidence == 0.9)
        let changed = try Scene.rollout(
            Scene.template { container, _ in container["image"] = "shop/web:2" }, [.crashing(restarts: 4)]
        ).verdict()
        #expect(changed.cause?.against == ["No log was read that says why the process ends."])
        #expect(changed.changes.first?.what == "revision 1 → 2: image shop/web:1 → shop/web:2")
    }
}
