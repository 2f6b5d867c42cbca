import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes

/// A Deployment `web` with its Service, told in the words of the tests and turned into the API's objects.
///
/// As it stands: two Ready pods of revision 1, an hour old, on one Ready node, and a Service that leads to them.
/// Times are seconds before now.
struct Scene {
    struct Revision {
        var number = 1
        var age: Double = 3600
        var template = Scene.template()
        var pods: [PodShape] = []
        var replicas: Int?
        var desiredAnnotation = 2
        var failure: String?
        /// The numbers it had before it was gone back to.
        var history: String?
    }

    static let now = RFC3339.date(from: "2026-11-24T12:00:00Z") ?? .distantPast
    var replicas = 2
    var revisions = [Revision(pods: [.ready(), .ready()])]
    /// The Deployment's own template where no revision has it yet.
    var pendingTemplate: JSONValue?
    var annotations: [String: String] = [:]
    var spec: [String: JSONValue] = [:]
    /// More of the Deployment's metadata.
    var metadata: [String: JSONValue] = [:]
    /// When its Progressing condition was last written.
    var progressed: Double?
    var progressing = "NewReplicaSetAvailable"
    var unavailableFor: Double?
    var isObserved = true
    /// What the Deployment's status says, where it lags behind its pods.
    var reportedReady: Int?
    var selector: [String: String]? = ["app": "web"]
    var servicePorts: [JSONValue] = [["name": "http", "port": 3000, "targetPort": "http"]]
    var hasService = true
    var hasDeployment = true
    var hasEndpoints: Bool?
    var events: [JSONValue] = []
    var nodes: [JSONValue] = [Scene.node("node1")]
    var others: [JSONValue] = []
    var logs: [ContainerLog] = []
    var answer: ServiceAnswer?
    var askedPort: Int?
    var unread: [UnreadResource] = []
    var target = Target(namespace: "shop", name: "web")

    init(_ change: (inout Scene) -> Void = { _ in }) { change(&self) }

    /// A second revision that came a little ago, whose pods are these; one pod of the first still serves.
    static func rollout(
        _ template: JSONValue, _ pods: [PodShape], age: Double = 90, old: [PodShape] = [.ready()],
        _ change: (inout Scene) -> Void = { _ in }
    ) -> Scene {
        Scene { scene in
            scene.revisions = [
                Revision(pods: old), Revision(number: 2, age: age, template: template, pods: pods),
            ]
            scene.progressing = "ReplicaSetUpdated"
            change(&scene)
        }
    }

    func verdict() throws -> Verdict { Diagnostician.diagnose(try snapshot()) }

    func snapshot() throws -> Snapshot {
        var items = (hasDeployment ? [deployment] : []) + nodes + events + others
        for (index, revision) in revisions.enumerated() where hasDeployment {
            let name = Scene.setName(revision.number)
            items.append(replicaSet(revision))
            items += revision.pods.enumerated().map {
                $1.object("\(name)-\(index)\($0)", owner: name, template: revision.template)
            }
        }
        if hasService { items += [service, endpoints] }
        var snapshot = try Snapshot(items: items, target: target, takenAt: Scene.now)
        snapshot.logs = logs
        snapshot.answer = answer
        snapshot.askedPort = askedPort
        snapshot.unread = unread
        return snapshot
    }

    static func setName(_ number: Int) -> String { "web-hash\(number)" }
    static func time(_ ago: Double) -> JSONValue { .string(RFC3339.string(from: now.addingTimeInterval(-ago))) }
}

extension Scene {
    /// The template of `web`, or one that differs from it.
    static func template(_ change: (inout [String: JSONValue], inout [String: JSONValue]) -> Void = { _, _ in })
        -> JSONValue
    {
        var container: [String: JSONValue] = [
            "name": "web", "image": "shop/web:1", "ports": [["containerPort": 3000, "name": "http"]],
            "readinessProbe": ["httpGet": ["path": "/health", "port": "http"], "periodSeconds": 1],
            "resources": ["limits": ["memory": "64Mi"], "requests": ["cpu": "5m", "memory": "8Mi"]],
        ]
        var spec: [String: JSONValue] = ["terminationGracePeriodSeconds": 30]
        change(&container, &spec)
        spec["containers"] = .array([.object(container)])
        return ["metadata": ["labels": ["app": "web"]], "spec": .object(spec)]
    }

    static func restarted(at time: String) -> JSONValue {
        var template = template()
        template["metadata"] = [
            "labels": ["app": "web"], "annotations": ["kubectl.kubernetes.io/restartedAt": .string(time)],
        ]
        return template
    }

    static func node(
        _ name: String, ready: Bool = true, cordoned: Bool = false, memory: String = "4Gi", cpu: String = "4"
    ) -> JSONValue {
        [
            "kind": "Node", "metadata": ["name": .string(name)], "spec": ["unschedulable": .bool(cordoned)],
            "status": [
                "conditions": [["type": "Ready", "status": ready ? "True" : "Unknown"]],
                "allocatable": ["memory": .string(memory), "cpu": .string(cpu)],
            ],
        ]
    }

    static func event(
        _ kind: String, _ name: String, _ reason: String, _ message: String, ago: Double = 5, since: Double? = nil,
        type: String = "Warning"
    ) -> JSONValue {
        [
            "kind": "Event", "metadata": ["name": .string("\(name).\(Int(100_000 - ago))")],
            "involvedObject": ["kind": .string(kind), "name": .string(name), "namespace": "shop"],
            "type": .string(type), "reason": .string(reason), "message": .string(message),
            "firstTimestamp": time(since ?? ago), "lastTimestamp": time(ago),
        ]
    }

    static func scaling(_ message: String, ago: Double) -> JSONValue {
        event("Deployment", "web", "ScalingReplicaSet", message, ago: ago, type: "Normal")
    }

    /// Another workload of the namespace, with Ready pods.
    static func otherDeployment(_ name: String, labels: JSONValue, ready: Int = 1) -> JSONValue {
        [
            "kind": "Deployment",
            "metadata": ["name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)")],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": labels],
                "template": ["metadata": ["labels": labels], "spec": ["containers": [["name": "c", "image": "i"]]]],
            ],
            "status": ["readyReplicas": .integer(Int64(ready)), "updatedReplicas": 1, "replicas": 1],
        ]
    }

    private var deployment: JSONValue {
        let template = pendingTemplate ?? revisions.last?.template ?? Scene.template()
        let counted = revisions.flatMap(\.pods).filter { $0.isReady && !$0.isLeaving }.count
        let ready = reportedReady ?? counted
        let live = revisions.flatMap(\.pods).filter { !$0.isLeaving && !$0.isFinished }.count
        let updated =
            pendingTemplate == nil ? revisions.last?.pods.filter { !$0.isLeaving && !$0.isFinished }.count ?? 0 : 0
        var marks: [String: JSONValue] = annotations.mapValues { .string($0) }
        marks["deployment.kubernetes.io/revision"] = .string(String(revisions.last?.number ?? 1))
        var spec: [String: JSONValue] = [
            "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": ["app": "web"]], "template": template,
            "progressDeadlineSeconds": 600,
        ]
        spec.merge(self.spec) { _, new in new }
        let isStuck = progressing == "ProgressDeadlineExceeded"
        var metadata: [String: JSONValue] = [
            "name": "web", "namespace": "shop", "uid": "uid-web", "generation": isObserved ? 3 : 4,
            "annotations": .object(marks), "creationTimestamp": Scene.time(7200),
        ]
        metadata.merge(self.metadata) { _, new in new }
        return [
            "kind": "Deployment", "metadata": .object(metadata),
            "spec": .object(spec),
            "status": [
                "observedGeneration": 3, "replicas": .integer(Int64(live)), "updatedReplicas": .integer(Int64(updated)),
                "readyReplicas": .integer(Int64(ready)), "availableReplicas": .integer(Int64(ready)),
                "conditions": [
                    [
                        "type": "Progressing", "status": isStuck ? "False" : "True", "reason": .string(progressing),
                        "lastUpdateTime": Scene.time(progressed ?? 60),
                    ],
                    [
                        "type": "Available", "status": unavailableFor == nil ? "True" : "False",
                        "lastTransitionTime": Scene.time(unavailableFor ?? 7100),
                    ],
                ],
            ],
        ]
    }

    private func replicaSet(_ revision: Revision) -> JSONValue {
        let name = Scene.setName(revision.number)
        var template = revision.template
        var labels = template["metadata"]?["labels"]?.objectValue ?? [:]
        labels["pod-template-hash"] = .string("hash\(revision.number)")
        template["metadata"]?["labels"] = .object(labels)
        let live = revision.pods.filter { !$0.isLeaving && !$0.isFinished }
        var status: [String: JSONValue] = [
            "replicas": .integer(Int64(live.count)), "readyReplicas": .integer(Int64(live.filter(\.isReady).count)),
        ]
        if let failure = revision.failure {
            status["conditions"] = [
                ["type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": .string(failure)]
            ]
        }
        return [
            "kind": "ReplicaSet",
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"),
                "labels": .object(labels), "creationTimestamp": Scene.time(revision.age),
                "annotations": [
                    "deployment.kubernetes.io/revision": .string(String(revision.number)),
                    "deployment.kubernetes.io/desired-replicas": .string(String(revision.desiredAnnotation)),
                    "deployment.kubernetes.io/revision-history": .string(revision.history ?? ""),
                ],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "uid-web",
                        "controller": true,
                    ]
                ],
            ],
            "spec": [
                "replicas": .integer(Int64(revision.replicas ?? live.count)),
                "selector": ["matchLabels": ["app": "web"]], "template": template,
            ],
            "status": .object(status),
        ]
    }

    private var service: JSONValue {
        var spec: [String: JSONValue] = ["clusterIP": "10.43.0.7", "ports": .array(servicePorts)]
        if let selector { spec["selector"] = .object(selector.mapValues { .string($0) }) }
        return ["kind": "Service", "metadata": ["name": "web", "namespace": "shop"], "spec": .object(spec)]
    }

    private var endpoints: JSONValue {
        let leads = hasEndpoints ?? (selector == ["app": "web"])
        let pods = leads ? revisions.flatMap(\.pods).filter { !$0.isLeaving && !$0.isFinished } : []
        let ready = pods.filter(\.isReady).map { _ in JSONValue.object(["ip": "10.42.0.2"]) }
        let waiting = pods.filter { !$0.isReady }.map { _ in JSONValue.object(["ip": "10.42.0.3"]) }
        return [
            "kind": "Endpoints", "metadata": ["name": "web", "namespace": "shop"],
            "subsets": pods.isEmpty ? nil : [["addresses": .array(ready), "notReadyAddresses": .array(waiting)]],
        ]
    }
}
