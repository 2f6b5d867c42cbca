import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("Rights")
struct AccessTests {
    private func rights(_ rules: [AccessRule]) -> Set<String> {
        Set(
            rules.flatMap { rule in
                rule.verbs.map { verb in
                    let path = rule.resource.split(separator: "/").map(String.init)
                    let name = rule.group.isEmpty ? path[0] : "\(path[0]).\(rule.group)"
                    return "\(verb) \(name)" + (path.count > 1 ? "/\(path[1])" : "")
                }
            })
    }

    private func manifest(_ needs: AccessNeeds = AccessNeeds()) -> AccessManifest {
        AccessManifest(needs, namespaces: ["cortex-system", "tools"], ownNamespace: "cortex", account: "cortex-api")
    }

    @Test(
        "whatever a healing may write, its strategy has the right to",
        arguments: [
            (Action.scale, ClusterWrite.Change.scale(from: 0, to: 1), Resource.deployments),
            (.scale, .scale(from: 0, to: 1), .statefulSets), (.scale, .scale(from: 0, to: 1), .replicaSets),
            (.rollback, .template([:], revision: 1), .deployments), (.restart, .restart(at: Scene.start), .deployments),
            (.replace, .evict, .pods), (.repair, .selector([:]), .services),
            (.repair, .targetPort(index: 0, .int(1)), .services),
        ])
    func writes(action: Action, change: ClusterWrite.Change, resource: Resource) {
        let object = ObjectReference(kind: resource.kind, namespace: "shop", name: "web")
        let rule = ClusterWrite(change, of: object, resource: resource).rule
        #expect(rights(AccessNeeds(strategies: [action]).rules(in: .healed)).contains(rule))
        let others = AccessNeeds(strategies: [])
        #expect(!rights(others.rules(in: .healed)).contains(rule))
    }

    @Test("every strategy that is offered has a rule of its own")
    func strategies() {
        for action in AccessNeeds.strategies {
            let all = rights(AccessNeeds(strategies: [action]).rules(in: .healed))
            #expect(all.count > rights(AccessNeeds(strategies: []).rules(in: .healed)).count)
        }
    }

    @Test("a Cortex that only looks may write nothing")
    func looking() {
        let rules = AccessRule.Scope.allCases.flatMap { AccessNeeds(strategies: []).rules(in: $0) }
        #expect(Set(rules.flatMap(\.verbs)).isSubset(of: ["get", "list", "watch"]))
    }

    @Test("a namespace that is only watched gets rights to look, in a role of its own")
    func watched() {
        var manifest = manifest()
        #expect(!manifest.documents.contains { $0.name.contains("watcher") })
        manifest.watched = ["shop", "web"]
        let documents = manifest.documents.filter { $0.name.contains("watcher") }
        #expect(documents.map(\.kind) == ["ClusterRole", "RoleBinding", "RoleBinding"])
        #expect(documents.map(\.namespace) == [nil, "shop", "web"])
        guard case .rules(let rules) = documents[0].content else {
            Issue.record("the role has no rules")
            return
        }
        #expect(rights(rules) == rights(AccessNeeds(strategies: []).rules(in: .healed)))
    }

    @Test("no secrets, no commands in pods, no wildcards, no rights over rights, in any configuration")
    func dangerous() {
        for rule in AccessRule.table {
            #expect(!rule.verbs.contains("*") && rule.group != "*" && !rule.resource.contains("*"))
            #expect(
                !["secrets", "pods/exec", "pods/attach", "serviceaccounts/token"].contains(rule.resource))
            // For their metadata; the request for it is one for nothing else.
            #expect(rule.resource != "configmaps" || rule.verbs == ["list"])
            #expect(rule.group != "rbac.authorization.k8s.io")
            #expect(Set(rule.verbs).isDisjoint(with: ["impersonate", "escalate", "bind", "deletecollection"]))
            #expect(rule.resource != "pods" || Set(rule.verbs).isDisjoint(with: ["patch", "update"]))
        }
    }

    @Test("pods are deleted by nobody but a worker program that asks for it")
    func pods() {
        #expect(!rights(AccessNeeds().rules(in: .healed)).contains("delete pods"))
        #expect(rights(AccessNeeds(usesWorkerProgram: true).rules(in: .healed)).contains("delete pods"))
    }

    @Test("no right is asked for twice")
    func unique() {
        let needs = AccessNeeds(usesProxy: true, usesWorkerProgram: true)
        for scope in AccessRule.Scope.allCases {
            let rules = needs.rules(in: scope)
            #expect(rights(rules).count == rules.map(\.verbs.count).reduce(0, +))
        }
    }

    @Test("healing is bound in the healed namespaces and nowhere else")
    func bindings() {
        let items = manifest().json["items"]?.arrayValue ?? []
        let bindings = items.filter { $0["kind"]?.stringValue?.hasSuffix("Binding") == true }
        let places = bindings.filter { $0["roleRef"]?["name"]?.stringValue == "cortex-api-reader" }
        #expect(places.compactMap { $0["metadata"]?["namespace"]?.stringValue } == ["cortex-system", "tools"])
        for cluster in bindings where cluster["kind"]?.stringValue == "ClusterRoleBinding" {
            #expect(cluster["roleRef"]?["name"]?.stringValue == "cortex-api-nodes")
        }
        #expect(bindings.allSatisfy { $0["subjects"]?[0]?["name"]?.stringValue == "cortex-api" })
    }

    @Test("rights to leases are where the leases are: in Cortex's own namespace, in the one that is named, or nowhere")
    func leases() throws {
        func places(_ manifest: AccessManifest) -> [String?] {
            manifest.documents.filter { document in
                guard case .rules(let rules) = document.content else { return false }
                return rules.contains { $0.resource == "leases" }
            }.map(\.namespace)
        }
        var manifest = manifest()
        #expect(places(manifest) == ["cortex"])
        manifest.leaseNamespace = "locks"
        #expect(places(manifest) == ["locks"])
        manifest.needs.usesLeases = false
        #expect(places(manifest) == [])
        #expect(places(self.manifest(AccessNeeds(strategies: []))) == [])
    }

    @Test("what the guide lists and is not granted has its reason where the guide looks")
    func narrower() {
        let guide = [
            "get deployments.apps", "list deployments.apps", "watch deployments.apps", "patch deployments.apps",
            "update deployments.apps", "get deployments.apps/scale", "update deployments.apps/scale",
            "patch deployments.apps/scale", "get pods", "list pods", "watch pods", "create pods", "delete pods",
            "get pods/log", "list pods/log", "get endpoints", "list endpoints", "watch endpoints", "get events",
            "list events", "watch events",
        ]
        let missing = Set(guide).subtracting(rights(AccessNeeds().rules(in: .healed)))
        let explained = AccessManifest.narrower.map(\.name)
        for right in missing {
            let verb = String(right.prefix { $0 != " " })
            #expect(explained.contains { $0.contains("without") && $0.contains(verb) }, "\(right)")
        }
        #expect(AccessManifest.narrower.allSatisfy { $0.value.utf8.count <= 140 })
        #expect(
            rights(AccessNeeds(usesWorkerProgram: true).rules(in: .healed)).isSuperset(
                of: missing.subtracting(["list pods/log"])))
    }

    @Test("as YAML it holds the same rules as in JSON, each with what it is for")
    func yaml() {
        let text = manifest().yaml
        let items = manifest().json["items"]?.arrayValue ?? []
        #expect(text.split(separator: "---\n").count == items.count)
        for rule in AccessNeeds().rules(in: .healed) {
            #expect(text.contains("# \(rule.reason)\n- apiGroups: [\(rule.group.isEmpty ? "\"\"" : rule.group)]\n"))
        }
    }
}
