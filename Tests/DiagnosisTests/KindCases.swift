import Diagnosis
import JSON
import Kubernetes
import Testing

@Suite("Kinds of workloads, and pods of several containers")
struct KindCases {
    private static func container(_ name: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "image": .string("shop/\(name):1")]
        members.merge(more) { _, new in new }
        return .object(members)
    }

    private static func owner(_ kind: String, _ name: String, _ version: String = "apps/v1") -> JSONValue {
        [
            [
                "apiVersion": .string(version), "kind": .string(kind), "name": .string(name),
                "uid": .string("uid-\(name)"), "controller": true,
            ]
        ]
    }

    /// A pod with these containers, ready when all of them are.
    private static func pod(
        _ name: String, owned: JSONValue? = nil, _ statuses: [JSONValue], initStatuses: [JSONValue] = [],
        initContainers: [JSONValue] = [], age: Double = 300, phase: String = "Running"
    ) -> JSONValue {
        let isReady = statuses.allSatisfy { $0["ready"] == true }
        var metadata: [String: JSONValue] = [
            "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"),
            "labels": ["app": .string(name)], "creationTimestamp": Scene.time(age),
        ]
        metadata["ownerReferences"] = owned
        return [
            "kind": "Pod", "metadata": .object(metadata),
            "spec": [
                "nodeName": "node1", "initContainers": .array(initContainers),
                "containers": .array(statuses.map { container($0["name"]?.stringValue ?? "") }),
            ],
            "status": [
                "phase": .string(phase), "containerStatuses": .array(statuses),
                "initContainerStatuses": .array(initStatuses),
                "conditions": [
                    [
                        "type": "Ready", "status": isReady ? "True" : "False",
                        "lastTransitionTime": Scene.time(age - 1),
                    ]
                ],
            ],
        ]
    }

    private static func replicaSet(_ name: String, owned: JSONValue? = nil) -> JSONValue {
        var metadata: [String: JSONValue] = [
            "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"),
        ]
        metadata["ownerReferences"] = owned
        return [
            "kind": "ReplicaSet", "metadata": .object(metadata),
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]], "spec": ["containers": [container("web")]],
                ],
            ],
            "status": ["replicas": 1],
        ]
    }

    private static func scene(_ kind: String, _ name: String, _ objects: [JSONValue]) -> Scene {
        Scene {
            $0.others = objects
            $0.target = Target(kind: kind, namespace: "shop", name: name)
        }
    }

    private static func solo(
        _ statuses: [JSONValue], initStatuses: [JSONValue] = [], initContainers: [JSONValue] = [], age: Double = 300
    ) -> Scene {
        scene(
            "Pod", "solo",
            [pod("solo", statuses, initStatuses: initStatuses, initContainers: initContainers, age: age)])
    }

    private static func lone(_ phase: String, _ code: Int64) -> Scene {
        let ended = PodShape.container("web", ready: false, restarts: 0, state: .ended(PodShape.ended(code)))
        return scene("Pod", "solo", [pod("solo", [ended], phase: phase)])
    }

    private static let ready = PodShape.container("web", ready: true, restarts: 0, state: .running(290))
    private static let young = PodShape.container("web", ready: false, restarts: 0, state: .running(20))
    private static func crashing(_ name: String) -> JSONValue {
        PodShape.container(
            name, ready: false, restarts: 5, state: .waiting("CrashLoopBackOff", "back-off"), last: PodShape.ended(1))
    }
    private static let pulling = PodShape.container(
        "web", ready: false, restarts: 0, state: .waiting("ErrImagePull", "shop/web:1: not found"))
    private static func initial(_ name: String, always: Bool = false, command: String? = nil) -> JSONValue {
        var more: [String: JSONValue] = [:]
        if always { more["restartPolicy"] = "Always" }
        if let command { more["command"] = ["sh", "-c", .string(command)] }
        return container(name, more)
    }
    private static let waiting = PodShape.container(
        "web", ready: false, restarts: 0, state: .waiting("PodInitializing", ""))

    private static let kinds: [Case] = [
        Case("a pod of its own that serves", solo([ready]), is: nil, healthy: true),
        Case("a pod of its own that crashes", solo([crashing("web")]), is: .crashOnlyRevision),
        Case("a pod of its own that failed and that nobody starts again", lone("Failed", 2), is: .crashOnlyRevision),
        Case(
            "a pod of its own that has done its work", lone("Succeeded", 0), is: nil, finding: "lone-pod-ended"),
        Case("a pod of its own whose image is not there", solo([pulling]), is: .imageNotFound),
        Case(
            "a ReplicaSet of its own",
            scene(
                "ReplicaSet", "bare",
                [replicaSet("bare"), pod("bare-x", owned: owner("ReplicaSet", "bare"), [pulling])]),
            is: .imageNotFound),
        Case(
            "a ReplicaSet of an Argo Rollout",
            scene(
                "ReplicaSet", "front-5f4",
                [
                    replicaSet("front-5f4", owned: owner("Rollout", "front", "argoproj.io/v1alpha1")),
                    pod("front-5f4-x", owned: owner("ReplicaSet", "front-5f4"), [pulling]),
                ]),
            is: .imageNotFound, finding: "foreign-controller"),
        Case(
            "a Deployment whose pod was named instead of it",
            Scene {
                $0.revisions = [.init(pods: [.crashing(restarts: 5)])]
                $0.target = Target(kind: "Pod", namespace: "shop", name: "web-hash1-00")
            }, is: .crashOnlyRevision),
    ]

    private static let containers: [Case] = [
        Case(
            "one of two containers crashes, and the other serves", solo([ready, crashing("log-shipper")]),
            is: .crashOnlyRevision),
        Case(
            "the one that crashes tells more than the one that is not ready for it", solo([young, crashing("db")]),
            is: .crashOnlyRevision),
        Case(
            "a sidecar among the init containers runs for ever, and hangs nobody",
            solo(
                [ready], initStatuses: [PodShape.container("proxy", ready: true, restarts: 0, state: .running(295))],
                initContainers: [initial("proxy", always: true)]),
            is: nil, healthy: true),
        Case(
            "a sidecar among the init containers that has not started holds up the rest, like any init container",
            solo(
                [waiting],
                initStatuses: [PodShape.container("proxy", ready: false, restarts: 0, state: .running(20))],
                initContainers: [initial("proxy", always: true)], age: 30),
            is: .slowStart),
        Case(
            "a sidecar among the init containers that crashes",
            solo([waiting], initStatuses: [crashing("proxy")], initContainers: [initial("proxy", always: true)]),
            is: .initCrashes),
        Case(
            "the second init container hangs, the first is done",
            solo(
                [waiting],
                initStatuses: [
                    PodShape.container(
                        "first", ready: true, restarts: 0, state: .ended(PodShape.ended(0, "Completed"))),
                    PodShape.container("second", ready: false, restarts: 0, state: .running(280)),
                ], initContainers: [initial("first"), initial("second")]),
            is: .initHangs),
        Case(
            "an init container that asks for a Service that never was hangs sooner than one that only works",
            solo(
                [waiting],
                initStatuses: [PodShape.container("wait", ready: false, restarts: 0, state: .running(40))],
                initContainers: [initial("wait", command: "until nc -z -w 2 nothing-db 5432; do sleep 1; done")],
                age: 50),
            is: .initHangs, finding: "init-waits"),
        Case(
            "an init container that asks for a Service that is there is given its time",
            solo(
                [waiting],
                initStatuses: [PodShape.container("wait", ready: false, restarts: 0, state: .running(40))],
                initContainers: [initial("wait", command: "until nc -z web 3000; do sleep 1; done")], age: 50),
            is: .slowStart),
    ]

    @Test("each kind of workload is judged as what it is", arguments: kinds)
    func kind(_ item: Case) throws { try item.check() }

    @Test("of several containers the one at fault is found", arguments: containers)
    func several(_ item: Case) throws { try item.check() }

    @Test("the container at fault is named, where there are others")
    func named() throws {
        let verdict = try Self.solo([Self.ready, Self.crashing("log-shipper")]).verdict()
        #expect(verdict.cause?.container == "log-shipper")
        #expect(verdict.cause?.summary.hasPrefix("Container log-shipper of Pod/solo") == true, "\(verdict)")
        #expect(try Self.solo([Self.crashing("web")]).verdict().cause?.container == nil)
    }

    @Test("what an init container waits for is named")
    func waited() throws {
        let verdict = try Self.solo(
            [Self.waiting],
            initStatuses: [PodShape.container("wait", ready: false, restarts: 0, state: .running(200))],
            initContainers: [Self.initial("wait", command: "until nslookup nothing-db; do sleep 1; done")]
        ).verdict()
        #expect(verdict.cause?.summary.contains("waits for “nothing-db”") == true, "\(verdict)")
    }
}
