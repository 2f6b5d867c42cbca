import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("Writes")
struct ClusterWriteTests {
    private let deployment = ObjectReference(
        kind: "Deployment", namespace: "shop", name: "web", uid: "d1", resourceVersion: "41")

    private func body(_ write: ClusterWrite) throws -> JSONValue {
        try JSONCoding.decode(JSONValue.self, from: #require(write.request().body))
    }

    @Test(
        "every write carries the state it was decided on",
        arguments: [
            ClusterWrite.Change.scale(from: 0, to: 2), .template(["spec": [:]], revision: 1), .selector(["app": "web"]),
            .targetPort(index: 0, .int(3000)),
        ])
    func preconditions(change: ClusterWrite.Change) throws {
        let write = ClusterWrite(change, of: deployment, resource: .deployments)
        #expect(write.request().hasPrecondition)
        let first = try body(write)[0]
        #expect(first?["path"]?.stringValue == "/metadata/resourceVersion")
        #expect(first?["value"]?.stringValue == "41")
    }

    @Test("a repair is told as the command by which a person does the same")
    func byHand() {
        let service = ObjectReference(kind: "Service", namespace: "shop", name: "web")
        #expect(
            ClusterWrite.kubectl(.selector(["app": "web"]), of: service)
                == "kubectl patch service web -n shop --type=json "
                + #"-p '[{"op":"replace","path":"/spec/selector","value":{"app":"web"}}]'"#)
        #expect(
            ClusterWrite.kubectl(.targetPort(index: 1, port: .int(3000)), of: service)
                == "kubectl patch service web -n shop --type=json "
                + #"-p '[{"op":"add","path":"/spec/ports/1/targetPort","value":3000}]'"#)
    }

    @Test("a restart sets kubectl's annotation, and only on the state that was seen")
    func restart() throws {
        let write = ClusterWrite(.restart(at: Scene.start), of: deployment, resource: .deployments)
        let body = try body(write)
        #expect(body["metadata"]?["resourceVersion"]?.stringValue == "41")
        let annotations = body["spec"]?["template"]?["metadata"]?["annotations"]
        #expect(annotations?["kubectl.kubernetes.io/restartedAt"]?.stringValue == "2027-01-15T08:00:00Z")
    }

    @Test(
        "an eviction names the state of the pod it was decided on, in the version that the server knows",
        arguments: ["v1", "v1beta1"])
    func eviction(version: String) throws {
        let pod = ObjectReference(kind: "Pod", namespace: "shop", name: "web-1", uid: "p1", resourceVersion: "7")
        let request = ClusterWrite(.evict, of: pod, resource: .pods).request(evictionVersion: version)
        #expect(request.path == "/api/v1/namespaces/shop/pods/web-1/eviction")
        let body = try JSONCoding.decode(JSONValue.self, from: #require(request.body))
        #expect(body["apiVersion"]?.stringValue == "policy/\(version)")
        #expect(body["deleteOptions"]?["preconditions"] == ["uid": "p1", "resourceVersion": "7"])
    }

    @Test(
        "the rule behind a write is named as RBAC names it",
        arguments: [
            (ClusterWrite.Change.scale(from: 0, to: 1), "patch deployments.apps/scale in the namespace shop"),
            (.template([:], revision: 1), "patch deployments.apps in the namespace shop"),
        ])
    func rule(change: ClusterWrite.Change, expected: String) {
        #expect(MissingRule(ClusterWrite(change, of: deployment, resource: .deployments)).description == expected)
    }
}
