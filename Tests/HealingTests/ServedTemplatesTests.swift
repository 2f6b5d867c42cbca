import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("Which templates served")
struct ServedTemplatesTests {
    private static func pod(ready: Bool, leaving: Bool = false, label: String = "pod-template-hash") -> Pod {
        var metadata: [String: JSONValue] = ["name": "web-5f4-a", "namespace": "shop", "labels": [label: "5f4"]]
        if leaving { metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return Scene.decode([
            "metadata": .object(metadata), "spec": ["containers": [["name": "web", "image": "web:1"]]],
            "status": ["conditions": [["type": "Ready", "status": ready ? "True" : "False"]]],
        ])
    }

    private func noted(_ changes: Store<Pod>.Change...) -> Set<String> {
        var served = ServedTemplates()
        served.note(changes)
        #expect(served.hashes(in: "another").isEmpty)
        return served.hashes(in: "shop")
    }

    @Test(
        "a pod that is Ready when it is taken away has served",
        arguments: ["pod-template-hash", "controller-revision-hash"]
    )
    func takenAway(_ label: String) {
        let change = Store<Pod>.Change.updated(
            old: Self.pod(ready: true, label: label), new: Self.pod(ready: true, leaving: true, label: label))
        #expect(noted(change) == ["5f4"])
    }

    @Test("one that merely became Ready, or failed before it was taken away, vouches for nothing")
    func others() {
        #expect(noted(.updated(old: Self.pod(ready: false), new: Self.pod(ready: true))).isEmpty)
        #expect(noted(.updated(old: Self.pod(ready: true), new: Self.pod(ready: false))).isEmpty)
        #expect(noted(.updated(old: Self.pod(ready: false), new: Self.pod(ready: false, leaving: true))).isEmpty)
        #expect(noted(.deleted(Self.pod(ready: true))).isEmpty)
    }
}
