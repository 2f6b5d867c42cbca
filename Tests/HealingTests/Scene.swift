import Diagnosis
import FoundationEssentials
import Healing
import JSON
import Kubernetes

/// A small cluster state in words: one Deployment `web` behind a Service `web`, as the API would show it.
struct Scene {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    var now = Scene.start
    var replicas = 2
    var ready = 2
    var revision = 1
    var generation: Int64 = 2
    var observedGeneration: Int64 = 2
    var annotations: [String: String] = [:]
    var labels: [String: String] = [:]
    /// Who wrote the template last, and how many seconds ago.
    var templateWriter: (manager: String, secondsAgo: Double)?
    var image = "web:1"
    var older: [(revision: Int, image: String)] = []
    var autoscaler: String?
    /// As the API has them: JSON in an annotation.
    var autoscalerConditions = "[]"
    var isPaused = false
    var isLeaving = false
    /// The waiting reason of the current pods that are not ready.
    var waiting: (reason: String, message: String)?
    var restarts = 0
    var selector = ["app": "web"]
    var targetPort: IntOrString = .string("http")
    var probePort: IntOrString = .string("http")
    var unread: [UnreadResource] = []
    var resourceVersion = "100"
    var lastEvents: [JSONValue] = []
    /// The endpoints controller has not seen yet what the pods show.
    var endpointsLag = false

    static func policy(_ change: (inout HealingPolicy) -> Void = { _ in }) -> HealingPolicy {
        var policy = HealingPolicy(namespaces: ["shop"])
        change(&policy)
        return policy
    }

    var snapshot: Snapshot {
        var snapshot = Snapshot(takenAt: now, target: Target(namespace: "shop", name: "web"))
        snapshot.deployments = [Self.decode(deployment)]
        snapshot.replicaSets = ([(revision, image, replicas, ready)] + older.map { ($0.revision, $0.image, 0, 0) })
            .map { Self.decode(replicaSet($0.0, image: $0.1, replicas: $0.2, ready: $0.3)) }
        snapshot.pods = (0..<replicas).map { Self.decode(pod($0)) }
        snapshot.services = [Self.decode(service)]
        snapshot.endpoints = [Self.decode(endpoints)]
        snapshot.events = lastEvents.map { Self.decode($0) }
        snapshot.unread = unread
        snapshot.further = Set(FurtherRead.allCases)
        if let autoscaler {
            snapshot.autoscalers = [
                Self.decode([
                    "metadata": [
                        "name": .string(autoscaler), "namespace": "shop",
                        "annotations": [
                            "autoscaling.alpha.kubernetes.io/conditions": .string(autoscalerConditions)
                        ],
                    ],
                    "spec": [
                        "scaleTargetRef": ["kind": "Deployment", "name": "web", "apiVersion": "apps/v1"],
                        "minReplicas": 2, "maxReplicas": 4,
                    ],
                ])
            ]
        }
        return snapshot
    }

    func time(_ secondsAgo: Double) -> JSONValue {
        .string(RFC3339.string(from: now.addingTimeInterval(-secondsAgo)))
    }

    static func decode<Value: Decodable>(_ value: JSONValue) -> Value {
        do {
            return try JSONCoding.decode(Value.self, from: JSONCoding.encode(value))
        } catch {
            preconditionFailure("a scene's object must decode: \(error)")
        }
    }

    static func strings(_ values: [String: String]) -> JSONValue { .object(values.mapValues { .string($0) }) }

    func template(_ image: String, hash: String? = nil) -> JSONValue {
        var labels = ["app": "web"]
        labels["pod-template-hash"] = hash
        return [
            "metadata": ["labels": Self.strings(labels)],
            "spec": [
                "containers": [
                    [
                        "name": "web", "image": .string(image), "ports": [["containerPort": 3000, "name": "http"]],
                        "readinessProbe": [
                            "httpGet": [
                                "path": "/health",
                                "port": probePort == .string("http") ? "http" : .string("\(probePort)"),
                            ],
                            "periodSeconds": 1,
                        ],
                    ]
                ]
            ],
        ]
    }

    /// Revision 2 names an image that is not there; revision 1 ran.
    static func badImage(writer: String = "kubectl-set", secondsAgo: Double = 40) -> Scene {
        var scene = Scene()
        scene.revision = 2
        scene.image = "web:nope"
        scene.older = [(1, "web:1")]
        scene.ready = 0
        scene.waiting = ("ImagePullBackOff", "Back-off pulling image \"web:nope\": not found")
        scene.templateWriter = (writer, secondsAgo)
        return scene
    }

    private var deployment: JSONValue {
        var metadata: JSONValue = [
            "name": "web", "namespace": "shop", "uid": "d1", "resourceVersion": .string(resourceVersion),
            "generation": .integer(generation), "creationTimestamp": time(86_400), "labels": Self.strings(labels),
            "annotations": Self.strings(
                annotations.merging(["deployment.kubernetes.io/revision": "\(revision)"]) { own, _ in own }),
        ]
        if let templateWriter {
            metadata["managedFields"] = [
                [
                    "manager": .string(templateWriter.manager), "operation": "Update",
                    "time": time(templateWriter.secondsAgo), "fieldsV1": ["f:spec": ["f:template": [:]]],
                ]
            ]
        }
        if isLeaving { metadata["deletionTimestamp"] = time(5) }
        let isAvailable = ready >= replicas
        return [
            "metadata": metadata,
            "spec": [
                "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": ["app": "web"]],
                "template": template(image), "progressDeadlineSeconds": 60, "paused": .bool(isPaused),
            ],
            "status": [
                "observedGeneration": .integer(observedGeneration), "replicas": .integer(Int64(replicas)),
                "updatedReplicas": .integer(Int64(replicas)), "readyReplicas": .integer(Int64(ready)),
                "availableReplicas": .integer(Int64(ready)),
                "conditions": [
                    [
                        "type": "Available", "status": isAvailable ? "True" : "False",
                        "lastTransitionTime": time(isAvailable ? 86_000 : 60),
                    ],
                    [
                        "type": "Progressing", "status": isAvailable ? "True" : "False",
                        "reason": isAvailable ? "NewReplicaSetAvailable" : "ProgressDeadlineExceeded",
                        "lastTransitionTime": time(60), "lastUpdateTime": time(60),
                    ],
                ],
            ],
        ]
    }

    private func replicaSet(_ revision: Int, image: String, replicas: Int, ready: Int) -> JSONValue {
        [
            "metadata": [
                "name": .string("web-\(revision)"), "namespace": "shop", "uid": .string("r\(revision)"),
                "creationTimestamp": time(Double(120 * (self.revision - revision) + 120)),
                "labels": ["app": "web", "pod-template-hash": .string("\(revision)")],
                "annotations": [
                    "deployment.kubernetes.io/revision": .string("\(revision)"),
                    "deployment.kubernetes.io/desired-replicas": .string("\(replicas)"),
                ],
                "ownerReferences": [
                    ["apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "d1", "controller": true]
                ],
            ],
            "spec": [
                "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": ["app": "web"]],
                "template": template(image, hash: "\(revision)"),
            ],
            "status": [
                "replicas": .integer(Int64(replicas)), "readyReplicas": .integer(Int64(ready)),
                "availableReplicas": .integer(Int64(ready)), "observedGeneration": 1,
            ],
        ]
    }

    private func pod(_ index: Int) -> JSONValue {
        let isReady = index < ready
        var state: JSONValue = ["running": ["startedAt": time(100)]]
        if !isReady, let waiting {
            state = ["waiting": ["reason": .string(waiting.reason), "message": .string(waiting.message)]]
        }
        let template = template(image, hash: "\(revision)")
        return [
            "metadata": [
                "name": .string("web-\(revision)-\(index)"), "namespace": "shop",
                "uid": .string("p\(revision)\(index)"),
                "creationTimestamp": time(110 - Double(index)), "labels": template["metadata"]?["labels"] ?? [:],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string("web-\(revision)"),
                        "uid": .string("r\(revision)"), "controller": true,
                    ]
                ],
            ],
            "spec": template["spec"] ?? [:],
            "status": [
                "phase": isReady || waiting == nil ? "Running" : "Pending", "podIP": .string("10.42.0.\(index + 5)"),
                "startTime": time(105),
                "conditions": [
                    ["type": "PodScheduled", "status": "True", "lastTransitionTime": time(105)],
                    ["type": "Ready", "status": isReady ? "True" : "False", "lastTransitionTime": time(90)],
                ],
                "containerStatuses": [
                    [
                        "name": "web", "ready": .bool(isReady), "restartCount": .integer(Int64(restarts)),
                        "image": .string(image), "state": state,
                    ]
                ],
            ],
        ]
    }

    private var service: JSONValue {
        [
            "metadata": [
                "name": "web", "namespace": "shop", "uid": "s1", "resourceVersion": .string(resourceVersion),
                "creationTimestamp": time(86_400),
            ],
            "spec": [
                "clusterIP": "10.43.0.9", "selector": Self.strings(selector),
                "ports": [
                    [
                        "name": "http", "port": 80,
                        "targetPort": targetPort == .string("http") ? "http" : .string("\(targetPort)"),
                    ]
                ],
            ],
        ]
    }

    private var endpoints: JSONValue {
        let isFound = selector == ["app": "web"]
        guard isFound, ready > 0, !endpointsLag else {
            return ["metadata": ["name": "web", "namespace": "shop"], "subsets": []]
        }
        return [
            "metadata": ["name": "web", "namespace": "shop"],
            "subsets": [
                [
                    "addresses": .array((0..<ready).map { ["ip": .string("10.42.0.\($0 + 5)")] }),
                    "ports": [["name": "http", "port": 3000]],
                ]
            ],
        ]
    }
}
