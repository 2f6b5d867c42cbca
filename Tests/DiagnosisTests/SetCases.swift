import Diagnosis
import JSON
import Kubernetes
import Testing

/// A StatefulSet or DaemonSet `web` with two revisions, and its pods.
@Suite("StatefulSets and DaemonSets")
struct SetCases {
    private static func set(
        _ kind: String, update: Int, pods: [(revision: Int, shape: PodShape)], updatedPods: Int64 = 1
    ) -> Scene {
        let templates = [Scene.template(), Scene.template { container, _ in container["image"] = "shop/web:nope" }]
        var items: [JSONValue] = templates.enumerated().map { index, template in
            var patch = template
            patch["$patch"] = "replace"
            return [
                "kind": "ControllerRevision", "revision": .integer(Int64(index + 1)),
                "metadata": [
                    "name": .string("web-r\(index + 1)"), "namespace": "shop",
                    "creationTimestamp": Scene.time(index == 0 ? 9000 : 60),
                    "ownerReferences": owner(kind),
                ],
                "data": ["spec": ["template": patch]],
            ]
        }
        let ready = Int64(pods.filter { $0.shape.isReady }.count)
        let count = Int64(pods.count)
        items.append([
            "kind": .string(kind),
            "metadata": ["name": "web", "namespace": "shop", "uid": "uid-set", "generation": 2],
            "spec": [
                "replicas": .integer(count), "selector": ["matchLabels": ["app": "web"]],
                "template": templates[update - 1],
            ],
            "status": [
                "observedGeneration": 2, "replicas": .integer(count), "readyReplicas": .integer(ready),
                "currentRevision": "web-r1", "updateRevision": .string("web-r\(update)"),
                "updatedReplicas": .integer(updatedPods), "desiredNumberScheduled": .integer(count),
                "updatedNumberScheduled": .integer(updatedPods), "numberReady": .integer(ready),
            ],
        ])
        for (index, pod) in pods.enumerated() {
            var object = pod.shape.object("web-\(index)", owner: "web", template: templates[pod.revision - 1])
            object["metadata"]?["ownerReferences"] = owner(kind)
            let label = kind == "StatefulSet" ? "web-r\(pod.revision)" : "r\(pod.revision)"
            object["metadata"]?["labels"]?["controller-revision-hash"] = .string(label)
            items.append(object)
        }
        return Scene {
            $0.revisions = []
            $0.hasService = false
            $0.others = items
            $0.target.kind = kind
        }
    }

    private static func held(_ strategy: JSONValue, pods: [(revision: Int, shape: PodShape)]) -> Scene {
        var scene = set(
            "StatefulSet", update: 2, pods: pods, updatedPods: Int64(pods.filter { $0.revision == 2 }.count))
        for index in scene.others.indices where scene.others[index]["kind"] == "StatefulSet" {
            scene.others[index]["spec"]?["updateStrategy"] = strategy
        }
        return scene
    }

    @Test("pods that a StatefulSet leaves at the older template by itself are in order")
    func heldBack() throws {
        let onDelete = try Self.held(["type": "OnDelete"], pods: [(1, .ready()), (1, .ready())]).verdict()
        #expect(onDelete.healthy, "\(onDelete)")
        let rolling: JSONValue = ["type": "RollingUpdate", "rollingUpdate": ["partition": 1]]
        let canary = try Self.held(rolling, pods: [(1, .ready()), (2, .ready())]).verdict()
        #expect(canary.healthy, "\(canary)")
        let behind = try Self.held(rolling, pods: [(1, .ready()), (1, .ready())]).verdict()
        #expect(behind.cause?.id == .rolloutRunning, "\(behind)")
    }

    @Test("a DaemonSet that selects no node is said to, and is not undone: so people switch one off")
    func nowhere() throws {
        var scene = Self.set("DaemonSet", update: 2, pods: [], updatedPods: 0)
        for index in scene.others.indices where scene.others[index]["kind"] == "DaemonSet" {
            scene.others[index]["spec"]?["template"]?["spec"]?["nodeSelector"] = ["disk": "nvme"]
        }
        let verdict = try scene.verdict()
        #expect(verdict.cause?.id == .nodeSelector && verdict.cause?.rollbackRevision == nil, "\(verdict)")
        #expect(verdict.cause?.summary.contains("(disk=nvme)") == true)
        scene.nodes = []
        #expect(try scene.verdict().cause == nil, "nodes that could not be read have whatever labels")
    }

    private static func owner(_ kind: String) -> JSONValue {
        [
            [
                "apiVersion": "apps/v1", "kind": .string(kind), "name": "web", "uid": "uid-set", "controller": true,
            ]
        ]
    }

    private static let bad = PodShape.waiting("ErrImagePull", "shop/web:nope: not found", age: 50)

    private static let cases: [Case] = [
        Case(
            "a StatefulSet whose update cannot start goes back",
            set("StatefulSet", update: 2, pods: [(1, .ready()), (2, bad)]), is: .statefulSetStuck, rollback: 1),
        Case(
            "a DaemonSet whose update cannot start goes back", set("DaemonSet", update: 2, pods: [(2, bad)]),
            is: .daemonSetStuck, rollback: 1),
        Case(
            "a StatefulSet that was brought back waits for the pod that cannot start",
            set("StatefulSet", update: 1, pods: [(1, .ready()), (2, bad)]), is: .statefulSetStuck,
            finding: "left-behind"),
        Case(
            "a StatefulSet in order",
            set("StatefulSet", update: 1, pods: [(1, .ready()), (1, .ready())], updatedPods: 2),
            is: nil, healthy: true),
    ]

    @Test("a set is judged by its revisions", arguments: cases)
    func revision(_ item: Case) throws { try item.check() }
}
