import JSON
import Kubernetes
import Testing

@testable import Simulation

/// The API server: what a client sends and what it gets, without controllers.
struct APITests {
    private let web: JSONValue = [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "labels": ["app": "web"]],
        "spec": [
            "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "main", "image": "web:1"]]],
            ],
        ],
    ]
    private let deployments = "/apis/apps/v1/namespaces/a/deployments"

    private func world() -> World {
        var world = World(seed: 1)
        for name in ["a", "b"] {
            _ = world.call("POST", "/api/v1/namespaces", ["metadata": ["name": .string(name)]])
        }
        return world
    }

    @Test("a new Deployment gets the server's defaults, and a replica count that it did not name")
    func defaults() {
        var world = world()
        let made = world.call("POST", deployments, web)
        #expect(made.code == 201)
        #expect(made.object?.at("spec", "replicas") == 1)
        #expect(made.object?.at("spec", "strategy", "rollingUpdate", "maxSurge") == "25%")
        #expect(
            made.object?.at("spec", "template", "spec", "containers")?[0]?["imagePullPolicy"] == "IfNotPresent")
    }

    @Test(
        "a wrong object is refused in the server's words",
        arguments: [
            (["spec", "replicas"], JSONValue.integer(-1), 422, "must be greater than or equal to 0"),
            (
                ["spec", "replicas"], "two", 400,
                "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
            ),
            (["metadata", "name"], "Web", 422, "a lowercase RFC 1123 subdomain"),
            (["kind"], "Pod", 400, "cannot be handled as a Deployment"),
            (["metadata", "namespace"], "b", 400, "does not match the namespace sent on the request"),
            (["spec", "selector"], ["matchLabels": ["app": "x"]], 422, "`selector` does not match template `labels`"),
        ] as [([String], JSONValue, Int, String)])
    func refusals(path: [String], value: JSONValue, code: Int, words: String) {
        var world = world()
        var object = web
        if path.count == 1 { object[path[0]] = value } else { object.put(value, at: path[0], path[1]) }
        let answer = world.call("POST", deployments, object)
        #expect(answer.code == code)
        #expect(answer.object?["message"]?.stringValue?.contains(words) == true, "\(answer)")
    }

    @Test("a strategic merge keeps the other containers, a merge patch replaces the list")
    func patches() {
        var world = world()
        _ = world.call("POST", deployments, web)
        let change: JSONValue = ["spec": ["template": ["spec": ["containers": [["name": "side", "image": "side:1"]]]]]]
        let merged = world.patch(deployments + "/web", change, .strategicMerge)
        #expect(merged.object?.at("spec", "template", "spec", "containers")?.arrayValue?.count == 2)
        let replaced = world.patch(deployments + "/web", change, .merge)
        #expect(replaced.object?.at("spec", "template", "spec", "containers")?.arrayValue?.count == 1)
        let tested = world.patch(
            deployments + "/web", [["op": "test", "path": "/spec/replicas", "value": 7]], .json)
        #expect(tested.code == 422)
    }

    @Test("server-side apply refuses what another manager owns, unless it is forced, and drops what it no longer names")
    func serverSideApply() {
        var world = world()
        var mine = web
        mine.put(3, at: "spec", "replicas")
        let made = world.patch(deployments + "/web", mine, .apply, query: [("fieldManager", "one")])
        #expect(made.code == 201)
        _ = world.patch(deployments + "/web/scale", ["spec": ["replicas": 5]], .merge)
        let refused = world.patch(deployments + "/web", mine, .apply, query: [("fieldManager", "one")])
        #expect(refused.code == 409)
        #expect(refused.object?["message"]?.stringValue?.contains(".spec.replicas") == true)
        let forced = world.patch(
            deployments + "/web", mine, .apply, query: [("fieldManager", "one"), ("force", "true")])
        #expect(forced.object?.at("spec", "replicas") == 3)
        var less = mine
        less.put(nil, at: "metadata", "labels")
        let dropped = world.patch(deployments + "/web", less, .apply, query: [("fieldManager", "one")])
        #expect(dropped.object?.at("metadata", "labels") == nil)
    }

    @Test("a dry run answers as if it had been done and changes nothing")
    func dryRun() {
        var world = world()
        let answer = world.call("POST", deployments, web, query: [("dryRun", "All")])
        #expect(answer.code == 201)
        #expect(world.call("GET", deployments + "/web").code == 404)
        #expect(
            world.call("GET", deployments + "/web").object?["message"] == "deployments.apps \"web\" not found")
    }

    @Test("a list comes in pages that together are the whole, and a page after compaction is 410")
    func pages() {
        var world = world()
        for index in 0..<5 {
            let name = JSONValue.string("c\(index)")
            _ = world.call("POST", "/api/v1/namespaces/b/configmaps", ["metadata": ["name": name]])
        }
        let path = "/api/v1/namespaces/b/configmaps"
        var names: [String] = []
        var token = ""
        repeat {
            let page = world.call("GET", path, query: [("limit", "2"), ("continue", token)]).object
            names += (page?["items"]?.arrayValue ?? []).map(\.name)
            token = page?.at("metadata", "continue")?.stringValue ?? ""
        } while !token.isEmpty
        #expect(names == ["c0", "c1", "c2", "c3", "c4", "kube-root-ca.crt"])
        let first = world.call("GET", path, query: [("limit", "2")]).object
        token = first?.at("metadata", "continue")?.stringValue ?? ""
        _ = world.call("POST", path, ["metadata": ["name": "later"]])
        world.store.compact(to: world.store.end)
        #expect(world.call("GET", path, query: [("limit", "2"), ("continue", token)]).code == 410)
    }

    @Test(
        "label selectors select as they say",
        arguments: [
            ("app=web", 1), ("app!=web", 1), ("app in (web,db)", 2), ("app notin (web)", 1), ("app", 2), ("!app", 0),
            ("app=web,tier=front", 0),
        ])
    func selectors(text: String, count: Int) {
        var world = world()
        for name in ["web", "db"] {
            _ = world.call(
                "POST", "/api/v1/namespaces/a/secrets",
                ["metadata": ["name": .string(name), "labels": ["app": .string(name)]]])
        }
        let list = world.call("GET", "/api/v1/namespaces/a/secrets", query: [("labelSelector", text)]).object
        #expect(list?["items"]?.arrayValue?.count == count)
    }

    @Test("a watch tells of what begins to match as added, of what ceases to as deleted, and ends at compaction")
    func watch() throws {
        var world = world()
        let path = "/api/v1/namespaces/a/secrets"
        let answer = world.call(
            "GET", path,
            query: [
                ("watch", "true"), ("labelSelector", "on=yes"), ("resourceVersion", String(world.store.end)),
                ("allowWatchBookmarks", "true"),
            ])
        guard case .watch(var cursor) = answer else { throw Unexpected() }
        _ = world.call("POST", path, ["metadata": ["name": "s"]])
        _ = world.patch(path + "/s", ["metadata": ["labels": ["on": "yes"]]], .merge)
        _ = world.patch(path + "/s", ["metadata": ["labels": ["on": "no"]]], .merge)
        let events = world.next(&cursor).events
        #expect(events.compactMap { $0["type"]?.stringValue } == ["ADDED", "DELETED"])
        #expect(world.bookmark(&cursor)?["type"] == "BOOKMARK")
        #expect(world.bookmark(&cursor) == nil)
        _ = world.call("POST", path, ["metadata": ["name": "t"]])
        world.store.compact(to: world.store.end)
        let end = world.next(&cursor)
        #expect(end.isOver && end.events.last?.at("object", "code") == 410)
    }

    @Test("who has no rule is told so in RBAC's words, and may do what a role lets them do")
    func roles() {
        var world = world()
        let user = APIUser.serviceAccount("a", "default")
        let path = "/api/v1/namespaces/a/pods"
        let words =
            "pods is forbidden: User \"system:serviceaccount:a:default\" cannot list resource \"pods\" in API "
            + "group \"\" in the namespace \"a\""
        #expect(world.call("GET", path, as: user).object?["message"]?.stringValue == words)
        let rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/a"
        _ = world.call(
            "POST", rbac + "/roles",
            [
                "metadata": ["name": "reader"],
                "rules": [["apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]]],
            ])
        _ = world.call(
            "POST", rbac + "/rolebindings",
            [
                "metadata": ["name": "reader"], "roleRef": ["kind": "Role", "name": "reader"],
                "subjects": [["kind": "ServiceAccount", "name": "default", "namespace": "a"]],
            ])
        #expect(world.call("GET", path, as: user).code == 200)
        #expect(world.call("DELETE", path, as: user).code == 403)
        let review = world.call(
            "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            ["spec": ["resourceAttributes": ["verb": "list", "resource": "pods", "namespace": "a"]]], as: user)
        #expect(review.object?.at("status", "allowed") == true)
    }

    @Test("a quota refuses the pod that is too many, and a limit range the one that wants too much")
    func admission() {
        var world = world()
        let pod: JSONValue = [
            "metadata": ["name": "p"],
            "spec": ["containers": [["name": "c", "image": "x", "resources": ["limits": ["memory": "2Gi"]]]]],
        ]
        let ranges = "/api/v1/namespaces/a/limitranges"
        _ = world.call(
            "POST", ranges,
            ["metadata": ["name": "l"], "spec": ["limits": [["type": "Container", "max": ["memory": "1Gi"]]]]])
        #expect(
            world.call("POST", "/api/v1/namespaces/a/pods", pod).object?["message"]
                == "pods \"p\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi")
        _ = world.call("DELETE", ranges + "/l")
        _ = world.call(
            "POST", "/api/v1/namespaces/a/resourcequotas", ["metadata": ["name": "q"], "spec": ["hard": ["pods": "0"]]])
        #expect(
            world.call("POST", "/api/v1/namespaces/a/pods", pod).object?["message"]
                == "pods \"p\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0")
    }

    @Test("a write whose answer is lost may have had its effect, and one that is lost before has none")
    func lostAnswers() {
        var world = world()
        world.api.faults.lostAfter = 1
        guard case .lost = world.apply(APICall("POST", deployments, body: web.rendered), as: .admin) else {
            Issue.record("an answer came")
            return
        }
        world.api.faults = .none
        #expect(world.call("GET", deployments + "/web").code == 200)
        world.api.faults.lostBefore = 1
        _ = world.apply(APICall("DELETE", deployments + "/web"), as: .admin)
        world.api.faults = .none
        #expect(world.call("GET", deployments + "/web").code == 200)
    }

    @Test("an unknown path, kind and method are said as the server says them")
    func unknown() {
        var world = world()
        #expect(
            world.call("GET", "/apis/apps/v1/namespaces/a/frobs").object?["message"]
                == "the server could not find the requested resource")
        #expect(world.call("PUT", deployments, web).code == 405)
        #expect(world.call("GET", deployments + "/web/frob").code == 404)
    }

    private struct Unexpected: Error {}
}

extension World {
    /// One call, answered without faults.
    mutating func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: [(String, String)] = [],
        as user: APIUser = .admin
    ) -> APIAnswer {
        let items = query.map { APICall.Item($0.0, $0.1) }
        return answer(APICall(method, path, query: items, body: body?.rendered ?? []), as: user)
    }

    mutating func patch(
        _ path: String, _ body: JSONValue, _ kind: APIRequest.Patch, query: [(String, String)] = []
    ) -> APIAnswer {
        let items = query.map { APICall.Item($0.0, $0.1) }
        return answer(
            APICall("PATCH", path, query: items, contentType: kind.rawValue, body: body.rendered), as: .admin)
    }
}
