import JSON
import Kubernetes
import Testing

@testable import Simulation

/// What a client must not get through by a write, and what a trial must not do.
struct WriteTests {
    private let maps = "/api/v1/namespaces/a/configmaps"
    private let leases = "/apis/coordination.k8s.io/v1/namespaces/a/leases"

    private func world() -> World {
        var world = World(seed: 1)
        _ = world.call("POST", "/api/v1/namespaces", ["metadata": ["name": "a"]])
        _ = world.call("POST", maps, ["metadata": ["name": "c"], "data": ["a": "b"]])
        return world
    }

    @Test("a deletion that is a trial by its own options deletes nothing")
    func trial() {
        var world = world()
        let options: JSONValue = ["kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]]
        #expect(world.call("DELETE", maps + "/c", options).code == 200)
        #expect(world.call("DELETE", maps, options).code == 200)
        #expect(world.call("GET", maps + "/c").code == 200)
        #expect(world.call("DELETE", maps + "/c", ["dryRun": ["Some"]]).code == 422)
        #expect(world.call("DELETE", maps + "/c", ["propagationPolicy": "Odd"]).code == 422)
        #expect(world.call("POST", maps, ["metadata": ["name": "d"]], query: [("dryRun", "Some")]).code == 422)
        #expect(world.call("GET", maps + "/d").code == 404)
    }

    @Test("a Job is given its own UID, also one that brings its own selector", arguments: [true, false])
    func jobIdentity(manual: Bool) {
        var world = world()
        let labels: JSONValue = ["job": "j"]
        var spec: JSONValue = [
            "template": [
                "metadata": ["labels": labels],
                "spec": ["restartPolicy": "Never", "containers": [["name": "c", "image": "busybox"]]],
            ]
        ]
        if manual {
            spec["manualSelector"] = true
            spec["selector"] = ["matchLabels": labels]
        }
        let answer = world.call(
            "POST", "/apis/batch/v1/namespaces/a/jobs", ["metadata": ["name": "j", "uid": "mine"], "spec": spec])
        #expect(answer.code == 201)
        let uid = answer.object?.at("metadata", "uid")?.stringValue ?? ""
        #expect(!uid.isEmpty && uid != "mine")
        let selected = answer.object?.at("spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid")
        #expect(selected == (manual ? nil : .string(uid)))
    }

    @Test("a lease is not overwritten by who does not say which state it has seen")
    func unconditional() {
        var world = world()
        let lease: JSONValue = ["metadata": ["name": "l"], "spec": ["holderIdentity": "one"]]
        let made = world.call("POST", leases, lease).object
        let refused = world.call("PUT", leases + "/l", lease)
        #expect(refused.code == 422)
        #expect(
            refused.object?["message"]?.stringValue
                == "leases.coordination.k8s.io \"l\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be "
                + "specified for an update")
        var next = made ?? [:]
        next.put("two", at: "spec", "holderIdentity")
        #expect(world.call("PUT", leases + "/l", next).code == 200)
        #expect(world.call("PUT", leases + "/l", next).code == 409)
    }

    @Test(
        "a wrong change is refused in the server's words",
        arguments: [
            (["metadata": ["name": "other"]], 400, "does not match the name on the URL (c)"),
            (["metadata": ["labels": ["a b": "c"]]], 422, "metadata.labels: Invalid value: \"a b\": name part must"),
            (["metadata": ["labels": ["a": "b-"]]], 422, "metadata.labels: Invalid value: \"b-\": a valid label"),
            (["metadata": ["annotations": ["a/b/c": "d"]]], 422, "metadata.annotations: Invalid value: \"a/b/c\""),
            (
                ["metadata": ["annotations": ["a": 5]]], 422,
                "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string"
            ),
            (["metadata": ["finalizers": ["bad"]]], 422, "name is neither a standard finalizer name nor"),
            (["data": ["a b": "c"]], 422, "data[a b]: Invalid value: \"a b\": a valid config key"),
            (["data": ["a": 1]], 422, "of type string"),
            ([1], 422, " \"\" is invalid: patch: Invalid value: \"[1]\": couldn't get version/kind"),
        ] as [(JSONValue, Int, String)])
    func refused(change: JSONValue, code: Int, words: String) {
        var world = world()
        let answer = world.patch(maps + "/c", change, .merge)
        #expect(answer.code == code)
        #expect(answer.object?["message"]?.stringValue?.contains(words) == true, "\(answer)")
    }

    @Test("what is immutable stays, and what is on its way out gets no new finalizer")
    func fixed() {
        var world = world()
        _ = world.patch(maps + "/c", ["immutable": true], .merge)
        let changed = world.patch(maps + "/c", ["data": ["a": "new"]], .merge)
        #expect(changed.code == 422)
        #expect(
            changed.object?["message"]
                == "ConfigMap \"c\" is invalid: data: Forbidden: field is immutable when `immutable` is set")
        #expect(world.patch(maps + "/c", ["immutable": false], .merge).code == 422)
        #expect(world.patch(maps + "/c", ["metadata": ["finalizers": ["a.example/hold"]]], .merge).code == 200)
        _ = world.call("DELETE", maps + "/c")
        let more: JSONValue = ["metadata": ["finalizers": ["a.example/hold", "a.example/more"]]]
        let refused = world.patch(maps + "/c", more, .merge)
        #expect(refused.object?["message"]?.stringValue?.contains("no new finalizers can be added") == true)
        #expect(world.patch(maps + "/c", ["metadata": ["finalizers": .null]], .merge).code == 200)
        #expect(world.call("GET", maps + "/c").code == 404)
    }

    @Test("a Secret's data are bytes, a budget says one of two things, a lease lasts some time")
    func contents() {
        var world = world()
        let secret = world.call(
            "POST", "/api/v1/namespaces/a/secrets", ["metadata": ["name": "s"], "data": ["a": "***"]])
        #expect(secret.code == 400)
        #expect(secret.object?["message"]?.stringValue?.hasSuffix("illegal base64 data at input byte 0") == true)
        let budget = world.call(
            "POST", "/apis/policy/v1/namespaces/a/poddisruptionbudgets",
            ["metadata": ["name": "b"], "spec": ["minAvailable": 1, "maxUnavailable": 1]])
        #expect(budget.code == 422)
        let lease = world.call("POST", leases, ["metadata": ["name": "l"], "spec": ["leaseDurationSeconds": 0]])
        #expect(lease.code == 422)
    }

    @Test("who asks who they are is told")
    func whoAmI() {
        var world = world()
        let answer = world.call(
            "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", [:], as: .serviceAccount("a", "robot"))
        #expect(answer.code == 201)
        #expect(answer.object?.at("status", "userInfo", "username") == "system:serviceaccount:a:robot")
    }
}
