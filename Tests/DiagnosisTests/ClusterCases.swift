import Diagnosis
import JSON
import Testing

@Suite("Scale, the way to the pods, and what the cluster allows")
struct ClusterCases {
    private static func zero(_ change: (inout Scene) -> Void = { _ in }) -> Scene {
        Scene { scene in
            scene.replicas = 0
            scene.revisions = [.init(desiredAnnotation: 0)]
            scene.events = [
                Scene.scaling("Scaled up replica set web-hash1 to 2", ago: 3000),
                Scene.scaling("Scaled down replica set web-hash1 to 0", ago: 30),
            ]
            change(&scene)
        }
    }
    private static func autoscaler(_ name: String, labels: JSONValue = [:]) -> JSONValue {
        [
            "kind": "HorizontalPodAutoscaler", "metadata": ["name": .string(name), "labels": labels],
            "spec": ["scaleTargetRef": ["kind": "Deployment", "name": "web"], "maxReplicas": 3],
        ]
    }
    private static func forbidden(_ resource: String, isForbidden: Bool = true) -> UnreadResource {
        UnreadResource(verb: "list", resource: resource, namespace: "shop", isForbidden: isForbidden, message: "no")
    }
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    private static let zeros: [Case] = [
        Case("scaled to zero by a person", zero(), is: .scaledToZero, finding: "zero-replicas"),
        Case(
            "KEDA's pause mark", zero { $0.annotations = ["autoscaling.keda.sh/paused-replicas": "0"] },
            is: .zeroOnPurpose),
        Case("Cortex's pause mark", zero { $0.annotations = ["cortex.io/paused": "true"] }, is: .zeroOnPurpose),
        Case("a pause mark that is off", zero { $0.annotations = ["cortex.io/paused": "false"] }, is: .scaledToZero),
        Case(
            "a declared manifest that says zero", zero { $0.annotations = [lastApplied: #"{"spec":{"replicas":0}}"#] },
            is: .zeroOnPurpose),
        Case(
            "a declared manifest that says two", zero { $0.annotations = [lastApplied: #"{"spec":{"replicas":2}}"#] },
            is: .scaledToZero),
        Case(
            "a declared manifest that is none", zero { $0.annotations = [lastApplied: "{none"] }, is: .scaledToZero),
        Case("an autoscaler of KEDA", zero { $0.others = [autoscaler("keda-hpa-web")] }, is: .zeroOnPurpose),
        Case(
            "a plain autoscaler, which a zero switches off", zero { $0.others = [autoscaler("web")] }, is: .scaledToZero
        ),
        Case(
            "autoscalers that may not be seen could want the zero",
            zero { $0.unread = [forbidden("autoscaling/horizontalpodautoscalers")] }, is: .forbidden),
        Case(
            "a zero stands before a wrong selector", zero { $0.selector = ["app": "wbe"] }, is: .scaledToZero,
            finding: "selector-matches-nothing"),
        Case(
            "a zero stands before a failed rollout", zero { $0.progressing = "ProgressDeadlineExceeded" },
            is: .scaledToZero),
    ]

    private static let ways: [Case] = [
        Case(
            "a selector that is off by a letter", Scene { $0.selector = ["app": "wbe"] }, is: .serviceSelector,
            finding: "no-endpoints"),
        Case(
            "a wrong selector explains the outage, a failing rollout does not",
            .rollout(
                Scene.template { container, _ in container["image"] = "shop/web:nope" },
                [.waiting("ErrImagePull", "not found")]
            ) {
                $0.selector = ["app": "wbe"]
            }, is: .serviceSelector),
        Case(
            "a target port that no pod serves",
            Scene {
                $0.servicePorts = [["port": 3000, "targetPort": 9999]]
                $0.answer = ServiceAnswer(kind: .connectionRefused, message: "refused")
            }, is: .serviceTargetPort),
        Case(
            "a target port name that no container has",
            Scene {
                $0.servicePorts = [["port": 3000, "targetPort": "htpp"]]
                $0.hasEndpoints = false
            }, is: .serviceTargetPort),
        Case(
            "an undeclared port that answers is in order",
            Scene {
                $0.servicePorts = [["port": 3000, "targetPort": 9999]]
                $0.answer = ServiceAnswer(kind: .ok, message: "")
            }, is: nil, healthy: true),
        Case(
            "a port that only the probe names is in order",
            Scene {
                let template = Scene.template { container, _ in
                    container["ports"] = [["containerPort": 9100, "name": "metrics"]]
                    container["readinessProbe"] = ["tcpSocket": ["port": 3000]]
                }
                $0.revisions = [.init(template: template, pods: [.ready(), .ready()])]
                $0.servicePorts = [["port": 80, "targetPort": 3000]]
            }, is: nil, healthy: true),
        Case(
            "pods that declare no port can serve any",
            Scene {
                let template = Scene.template { container, _ in
                    container["ports"] = nil
                    container["readinessProbe"] = nil
                }
                $0.revisions = [.init(template: template, pods: [.ready(), .ready()])]
                $0.servicePorts = [["port": 80, "targetPort": 3000]]
            }, is: nil, healthy: true),
        Case(
            "a second port that leads nowhere does not condemn the first",
            Scene { $0.servicePorts += [["name": "metrics", "port": 9100, "targetPort": 9100]] }, is: nil,
            healthy: true,
            finding: "target-port"),
        Case(
            "a silent service with an odd port hangs: a closed port refuses",
            Scene {
                $0.servicePorts = [["port": 3000, "targetPort": 9999]]
                $0.answer = ServiceAnswer(kind: .timeout, message: "timed out")
            }, is: .hang),
        Case(
            "a Service that was deleted",
            Scene {
                $0.hasService = false
                $0.answer = ServiceAnswer(kind: .nameNotFound, message: "web.shop: no such host")
            }, is: .serviceDeleted),
        Case("a workload that never had a Service", Scene { $0.hasService = false }, is: nil, healthy: true),
        Case(
            "Services that could not be read are not deleted",
            Scene {
                $0.hasService = false
                $0.unread = [forbidden("services", isForbidden: false)]
                $0.answer = ServiceAnswer(kind: .timeout, message: "")
            }, is: .hang),
        Case(
            "a name that does not resolve though its Service is there",
            Scene { $0.answer = ServiceAnswer(kind: .nameNotFound, message: "no such host") }, is: .dnsDown),
        Case(
            "one bad pod of two is the pod's fault, not the Service's",
            Scene { $0.revisions = [.init(pods: [.ready(), .crashing(restarts: 6, age: 3600)])] },
            is: .crashOnlyRevision),
    ]

    private static let newImage = Scene.template { container, _ in container["image"] = "shop/web:2" }
    private static func stuck(
        _ message: String, _ template: JSONValue = newImage, nodes: [JSONValue] = [Scene.node("node1")]
    ) -> Scene {
        .rollout(template, [.unscheduled("0/1 nodes are available: \(message)")]) { $0.nodes = nodes }
    }
    private static func refused(_ message: String, _ template: JSONValue = newImage) -> Scene {
        var scene = Scene.rollout(template, [])
        scene.revisions[1].failure = message
        scene.revisions[1].replicas = 2
        return scene
    }

    private static let places: [Case] = [
        Case(
            "a label that no node has",
            stuck(
                "1 node(s) didn't match node selector.",
                Scene.template { _, spec in spec["nodeSelector"] = ["disk": "ssd"] }),
            is: .nodeSelector, rollback: 1),
        Case(
            "an untolerated taint", stuck("1 node(s) had taint {key: value}, that the pod didn't tolerate."), is: .taint
        ),
        Case(
            "an untolerated taint as newer versions say it", stuck("1 node(s) had untolerated taint {key: value}."),
            is: .taint),
        Case(
            "the taint of a node that does not answer",
            stuck(
                "1 node(s) had taint {node.kubernetes.io/unreachable: }, that the pod didn't tolerate.",
                nodes: [Scene.node("node1", ready: false)]),
            is: .nodeNotReady),
        Case(
            "a cordoned node", stuck("1 node(s) were unschedulable.", nodes: [Scene.node("node1", cordoned: true)]),
            is: .nodeDrained),
        Case(
            "replicas that may not share a node", stuck("1 node(s) didn't match pod anti-affinity rules."),
            is: .antiAffinity),
        Case(
            "a request that no node could ever meet",
            stuck(
                "1 Insufficient memory.",
                Scene.template { container, _ in container["resources"] = ["requests": ["memory": "999Gi"]] }),
            is: .requestTooBig, rollback: 1),
        Case("nodes that others fill", stuck("1 Insufficient cpu."), is: .nodeFull),
        Case(
            "a claim that is not bound", stuck("pod has unbound immediate PersistentVolumeClaims."), is: .claimPending,
            rollback: 1),
        Case(
            "a pod bound to a node that does not exist",
            .rollout(
                Scene.template { _, spec in spec["nodeName"] = "ghost" },
                [PodShape(age: 60, phase: "Pending", node: nil)]), is: .ghostNode, rollback: 1),
        Case(
            "nodes that could not be read are not ghosts",
            Scene {
                $0.nodes = []
                $0.unread = [forbidden("nodes")]
            }, is: nil, healthy: true, finding: "read-forbidden"),
        Case(
            "pods on a node that does not answer",
            Scene {
                $0.nodes = [Scene.node("node1", ready: false)]
                $0.revisions = [.init(pods: [.lostReadiness(), .lostReadiness()])]
            }, is: .nodeNotReady),
        Case(
            "a quota that is used up", refused("pods \"web\" is forbidden: exceeded quota: q, requested: pods=1"),
            is: .quotaExceeded),
        Case(
            "a webhook that does not answer",
            refused("Internal error: failed calling webhook \"w.example.com\": connection refused"),
            is: .webhookDown),
        Case(
            "a LimitRange that forbids the limit",
            refused(
                "pods \"web\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi",
                Scene.template { container, _ in container["resources"] = ["limits": ["memory": "2Gi"]] }),
            is: .limitRange,
            rollback: 1),
        Case(
            "a service account that does not exist",
            refused(
                "error looking up service account shop/nope: serviceaccount \"nope\" not found",
                Scene.template { _, spec in spec["serviceAccountName"] = "nope" }), is: .serviceAccountMissing,
            rollback: 1),
        Case(
            "a pod security standard that is violated",
            refused(
                "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\"",
                Scene.template { container, _ in container["securityContext"] = ["privileged": true] }),
            is: .securityContext,
            rollback: 1),
    ]

    private static let rights: [Case] = [
        Case("pods that may not be listed", Scene { $0.unread = [forbidden("pods")] }, is: .forbidden),
        Case(
            "ReplicaSets that may not be seen", Scene { $0.unread = [forbidden("apps/replicasets")] }, is: .forbidden),
        Case(
            "logs that may not be read are missed, not needed", Scene { $0.unread = [forbidden("pods/log")] }, is: nil,
            healthy: true),
        Case(
            "nothing at all may be read",
            Scene {
                $0.target.name = "absent"
                $0.unread = [forbidden("apps/deployments"), forbidden("services")]
            }, is: .forbidden, finding: "not-seen"),
        Case("a name that nothing has", Scene { $0.target.name = "absent" }, is: nil, finding: "not-found"),
    ]

    @Test("a zero is lifted only when nobody wants it", arguments: zeros)
    func zero(_ item: Case) throws { try item.check() }

    @Test("the Service is blamed only when Ready pods cannot be reached", arguments: ways)
    func way(_ item: Case) throws { try item.check() }

    @Test("what the cluster does not allow is named", arguments: places)
    func place(_ item: Case) throws { try item.check() }

    /// Scenes, and the object that many workloads would be victims of.
    private static let shared: [(scene: Scene, object: String)] = [
        (
            Scene {
                $0.nodes = [Scene.node("node0"), Scene.node("node1", ready: false), Scene.node("node2", ready: false)]
                $0.revisions = [.init(pods: [.lostReadiness(), .lostReadiness()])]
            }, "Node/node1"
        ),
        (
            stuck("1 node(s) were unschedulable.", nodes: [Scene.node("node0"), Scene.node("node1", cordoned: true)]),
            "Node/node1"
        ),
        (
            refused(
                "Internal error occurred: failed calling webhook \"w.example.com\": failed to call webhook: Post "
                    + "\"https://check.policy.svc:443/pods?timeout=10s\": dial tcp 10.43.9.9:443: connect: refused"),
            "Service/check"
        ),
        (
            refused(
                "Internal error occurred: failed calling webhook \"w.example.com\": Post "
                    + "\"https://192.0.2.7/pods?timeout=10s\": context deadline exceeded"), "Webhook/w.example.com"
        ),
    ]

    @Test("what many suffer from is named as the one object that it is", arguments: shared)
    func sharedObject(_ item: (scene: Scene, object: String)) throws {
        let cause = try #require(try item.scene.verdict().cause)
        #expect(cause.id.isOfCluster, "\(cause)")
        #expect("\(cause.object)" == item.object)
    }

    @Test("what may not be seen is not taken for absent", arguments: rights)
    func right(_ item: Case) throws { try item.check() }
}
