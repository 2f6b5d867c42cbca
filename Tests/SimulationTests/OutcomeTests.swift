import JSON
import Kubernetes
import Testing

@testable import Simulation

/// What the controllers make of objects; tests/contract holds the same against a real cluster.
@Suite("What becomes of objects in the simulated cluster")
struct OutcomeTests {
    private static let space = "/api/v1/namespaces/a"
    private static let deployments = "/apis/apps/v1/namespaces/a/deployments"

    private static func world() -> World {
        var world = Homelab(services: []).world(seed: 1)
        _ = world.call("POST", "/api/v1/namespaces", ["metadata": ["name": "a"]])
        world.step(until: 1)
        return world
    }

    private static func deployment(_ spec: JSONValue = [:]) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"],
            "spec": [
                "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["containers": [["name": "main", "image": "nginx:1.25"]]],
                ],
            ],
        ]
        for (name, value) in spec.objectValue ?? [:] { object.put(value, at: "spec", name) }
        return object
    }

    private static let newImage: JSONValue = [
        "spec": ["template": ["spec": ["containers": [["name": "main", "image": "nginx:1.26"]]]]]
    ]

    private static func rolled(_ world: inout World) -> JSONValue? {
        _ = world.patch(deployments + "/web", newImage, .strategicMerge)
        world.step(until: world.seconds + 60)
        return world.find(.deployments, "a", "web")
    }

    @Test("a Deployment that stops all of its pods first comes through once the last of them is gone")
    func recreate() throws {
        var world = Self.world()
        _ = world.call("POST", Self.deployments, Self.deployment(["strategy": ["type": "Recreate"]]))
        world.step(until: 30)
        let web = try #require(Self.rolled(&world))
        #expect(web.at("status", "updatedReplicas") == 2)
        #expect(web.condition("Progressing")?["reason"] == "NewReplicaSetAvailable")
    }

    @Test("a rollout moves a Deployment's generation once, for the change of its template")
    func generation() throws {
        var world = Self.world()
        _ = world.call("POST", Self.deployments, Self.deployment())
        world.step(until: 30)
        #expect(world.find(.deployments, "a", "web")?.generation == 1)
        let web = try #require(Self.rolled(&world))
        #expect(web.generation == 2)
        #expect(web.at("status", "observedGeneration") == 2)
        #expect(web.annotations["deployment.kubernetes.io/revision"] == "2")
    }

    @Test(
        "a Deployment deleted in the foreground goes last; one that lets its dependents go leaves them unowned",
        arguments: [("Foreground", 0), ("Background", 0), ("Orphan", 1)])
    func garbage(propagation: String, left: Int) throws {
        var world = Self.world()
        _ = world.call("POST", Self.deployments, Self.deployment())
        world.step(until: 30)
        let options: JSONValue = [
            "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation),
        ]
        #expect(world.call("DELETE", Self.deployments + "/web", options).code == 200)
        world.step(until: 60)
        #expect(world.find(.deployments, "a", "web") == nil)
        let sets = world.all(.replicaSets, in: "a")
        #expect(sets.count == left)
        #expect(world.all(.pods, in: "a").count == left * 2)
        #expect(sets.allSatisfy { $0.at("metadata", "ownerReferences") == nil })
    }

    @Test("a new Deployment takes over the ReplicaSet that an earlier one left, with its pods")
    func adoption() throws {
        var world = Self.world()
        _ = world.call("POST", Self.deployments, Self.deployment())
        world.step(until: 30)
        let before = world.all(.pods, in: "a").map(\.uid)
        _ = world.call("DELETE", Self.deployments + "/web?propagationPolicy=Orphan")
        world.step(until: 60)
        _ = world.call("POST", Self.deployments, Self.deployment())
        world.step(until: 90)
        #expect(world.all(.replicaSets, in: "a").count == 1)
        #expect(world.all(.pods, in: "a").map(\.uid) == before)
        #expect(world.find(.deployments, "a", "web")?.at("status", "availableReplicas") == 2)
    }

    @Test("a pod whose label was taken away is let go and replaced; with its label back it is one too many")
    func release() {
        var world = Self.world()
        _ = world.call("POST", Self.deployments, Self.deployment())
        world.step(until: 30)
        let pod = world.all(.pods, in: "a")[0]
        let path = Self.space + "/pods/\(pod.name)"
        _ = world.patch(path, ["metadata": ["labels": ["app": "set-aside"]]], .merge)
        world.step(until: 60)
        #expect(world.find(.pods, "a", pod.name)?.controller == nil)
        #expect(world.all(.pods, in: "a").count == 3)
        _ = world.patch(path, ["metadata": ["labels": ["app": "web"]]], .merge)
        world.step(until: 120)
        #expect(world.all(.pods, in: "a").count == 2)
        #expect(world.all(.pods, in: "a").allSatisfy { $0.controller != nil })
    }

    @Test("a quota says what is used of it, and a pod above it is refused by its full name")
    func quota() throws {
        var world = Self.world()
        _ = world.call(
            "POST", Self.space + "/resourcequotas", ["metadata": ["name": "few"], "spec": ["hard": ["pods": "1"]]])
        _ = world.call("POST", Self.deployments, Self.deployment())
        world.step(until: 5)
        let quota = try #require(world.find(.resourceQuotas, "a", "few"))
        #expect(quota["status"] == ["hard": ["pods": "1"], "used": ["pods": "1"]])
        let words = world.find(.deployments, "a", "web")?.condition("ReplicaFailure")?["message"]?.stringValue ?? ""
        #expect(words.contains(/pods "web-\w+-\w{5}" is forbidden: exceeded quota: few/), "\(words)")
    }

    @Test("a pod that lasts longer than it may fails, and its containers are shown as they were last seen")
    func deadline() throws {
        var world = Self.world()
        let pod: JSONValue = [
            "metadata": ["name": "late"],
            "spec": ["activeDeadlineSeconds": 3, "containers": [["name": "main", "image": "nginx:1.25"]]],
        ]
        _ = world.call("POST", Self.space + "/pods", pod)
        world.step(until: 20)
        let status = try #require(world.find(.pods, "a", "late")?["status"])
        #expect(status["phase"] == "Failed" && status["reason"] == "DeadlineExceeded")
        #expect(status["containerStatuses"]?[0]?["state"]?["running"] != nil)
        #expect(status["containerStatuses"]?[0]?["ready"] == false)
    }

    @Test("an eviction under two budgets is a failure of the server that no retry mends")
    func twoBudgets() {
        var world = Self.world()
        _ = world.call("POST", Self.deployments, Self.deployment())
        for name in ["one", "two"] {
            let spec: JSONValue = ["minAvailable": 1, "selector": ["matchLabels": ["app": "web"]]]
            _ = world.call(
                "POST", "/apis/policy/v1beta1/namespaces/a/poddisruptionbudgets",
                ["metadata": ["name": .string(name)], "spec": spec])
        }
        world.step(until: 30)
        let pod = world.all(.pods, in: "a")[0].name
        let answer = world.call(
            "POST", Self.space + "/pods/\(pod)/eviction",
            ["apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": ["name": .string(pod)]])
        #expect(answer.code == 500)
        #expect(answer.object?["reason"] == nil)
    }

    @Test("endpoints follow a change of the selector and of the pods' labels, and are empty without a trace")
    func endpoints() {
        var world = Self.world()
        _ = world.call("POST", Self.deployments, Self.deployment())
        let service: JSONValue = [
            "metadata": ["name": "web"], "spec": ["selector": ["app": "web"], "ports": [["port": 80]]],
        ]
        _ = world.call("POST", Self.space + "/services", service)
        func addresses() -> Int {
            let subsets = world.find(.endpoints, "a", "web")?["subsets"]?.arrayValue ?? []
            return subsets.flatMap { $0["addresses"]?.arrayValue ?? [] }.count
        }
        world.step(until: 30)
        #expect(addresses() == 2)
        _ = world.patch(Self.space + "/services/web", ["spec": ["selector": ["app": "other"]]], .merge)
        world.step(until: 31)
        #expect(addresses() == 0)
        #expect(world.find(.endpoints, "a", "web")?.objectValue?.keys.contains("subsets") == false)
        for pod in world.all(.pods, in: "a") {
            _ = world.patch(Self.space + "/pods/\(pod.name)", ["metadata": ["labels": ["app": "other"]]], .merge)
        }
        world.step(until: 32)
        #expect(addresses() == 2)
    }

    @Test("an autoscaler says why it does nothing", arguments: [("zero", "ScalingDisabled"), ("no", "FailedGetScale")])
    func autoscaler(target: String, reason: String) {
        var world = Self.world()
        var zero = Self.deployment(["replicas": 0])
        zero.put("zero", at: "metadata", "name")
        _ = world.call("POST", Self.deployments, zero)
        let reference: JSONValue = ["apiVersion": "apps/v1", "kind": "Deployment", "name": .string(target)]
        _ = world.call(
            "POST", "/apis/autoscaling/v1/namespaces/a/horizontalpodautoscalers",
            ["metadata": ["name": "h"], "spec": ["maxReplicas": 2, "scaleTargetRef": reference]])
        world.step(until: 20)
        let conditions = world.find(.autoscalers, "a", "h")?.at("status", "conditions")?.arrayValue ?? []
        #expect(conditions.contains { $0["reason"]?.stringValue == reason })
    }
}
