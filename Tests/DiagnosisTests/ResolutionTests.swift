import Diagnosis
import JSON
import Kubernetes
import Testing

@Suite("What a target means")
struct ResolutionTests {
    @Test(
        "a workload by kind and name, in kubectl's words",
        arguments: ["Deployment", "deployment", "deployments", "deploy"])
    func kinds(_ kind: String) throws {
        let verdict = try Scene { $0.target = Target(kind: kind, namespace: "shop", name: "web") }.verdict()
        #expect(verdict.target == WorkloadReference(kind: .deployment, namespace: "shop", name: "web"))
        #expect(verdict.healthy)
    }

    @Test("a pod stands for the workload that owns it")
    func pod() throws {
        let verdict = try Scene { $0.target = Target(kind: "Pod", namespace: "shop", name: "web-hash1-00") }.verdict()
        #expect(verdict.target.description == "Deployment/web")
    }

    @Test("a Service leads to its workload by the selector, whatever the names")
    func selector() throws {
        let subject = Subject(
            try Scene { scene in
                scene.hasService = false
                scene.target.name = "front"
                scene.others = [
                    [
                        "kind": "Service", "metadata": ["name": "front", "namespace": "shop"],
                        "spec": ["selector": ["app": "web"], "ports": [["port": 80, "targetPort": "http"]]],
                    ],
                    [
                        "kind": "Endpoints", "metadata": ["name": "front", "namespace": "shop"],
                        "subsets": [["addresses": [["ip": "10.42.0.2"]]]],
                    ],
                ]
            }.snapshot())
        #expect(subject.workload?.reference.name == "web")
        #expect(Diagnostician.diagnose(subject.snapshot).healthy)
    }

    @Test("a StatefulSet whose new pod never starts is told by the pod")
    func statefulSet() throws {
        let pod = PodShape.waiting("ErrImagePull", "not found")
        var object = pod.object("db-1", owner: "db", template: Scene.template())
        object["metadata"]?["ownerReferences"] = [
            ["apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "uid-db", "controller": true]
        ]
        object["metadata"]?["labels"] = ["app": "db", "controller-revision-hash": "db-2"]
        let set: JSONValue = [
            "kind": "StatefulSet", "metadata": ["name": "db", "namespace": "shop", "uid": "uid-db"],
            "spec": ["replicas": 2, "selector": ["matchLabels": ["app": "db"]], "template": Scene.template()],
            "status": [
                "replicas": 2, "readyReplicas": 1, "updatedReplicas": 1, "currentRevision": "db-1",
                "updateRevision": "db-2",
            ],
        ]
        let verdict = try Scene { scene in
            scene.target = Target(kind: "StatefulSet", namespace: "shop", name: "db")
            scene.others = [set, object]
        }.verdict()
        #expect(verdict.target.description == "StatefulSet/db")
        #expect(verdict.cause?.id == .imageNotFound)
        #expect(verdict.cause?.rollbackRevision == nil)
    }

    @Test("what a cause shows is evidence with object, field, value and time, and holds no secret")
    func evidence() throws {
        let template = Scene.template { container, _ in container["command"] = ["/app", "--new"] }
        let verdict = try Scene.rollout(template, [.crashing(restarts: 5)]) { scene in
            scene.logs = [
                ContainerLog(
                    pod: "web-hash2-10", container: "web", isPrevious: true,
                    lines: ["starting", "login failed for postgres://admin:hunter2@db/shop"])
            ]
        }.verdict()
        let finding = try #require(verdict.findings.first { $0.id == "container-ended" })
        #expect(finding.evidence.contains { $0.value.contains("login failed") })
        #expect(finding.evidence.contains { $0.field.hasSuffix("lastState.terminated") && $0.time != nil })
        #expect(verdict.cause?.summary.contains("login failed") == true)
        #expect(!"\(verdict)".contains("hunter2"))
        #expect(verdict.cause?.pods.map(\.name) == ["web-hash2-10"])
    }
}
