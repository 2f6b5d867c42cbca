import JSON
import Kubernetes

/// The kinds that are only asked: who is this, and may they.
enum Reviews {
    static func answer(_ type: ResourceType, _ object: JSONValue, by user: APIUser, _ world: World) -> JSONValue {
        var answer = object
        var metadata = object["metadata"] ?? [:]
        metadata["creationTimestamp"] = .null
        answer["metadata"] = metadata
        let spec = object["spec"] ?? [:]
        switch type.kind {
        case "TokenReview": answer["status"] = token(spec["token"]?.stringValue ?? "", world)
        case "SelfSubjectReview": answer["status"] = ["userInfo": info(of: user)]
        case "SelfSubjectAccessReview": answer["status"] = access(spec, of: user, world)
        case "SelfSubjectRulesReview":
            answer["status"] = rules(of: user, namespace: spec["namespace"]?.stringValue ?? "default", world)
        default:
            let subject = APIUser(
                name: spec["user"]?.stringValue ?? "",
                groups: (spec["groups"]?.arrayValue ?? []).compactMap(\.stringValue))
            answer["status"] = access(spec, of: subject, world)
        }
        return answer
    }

    private static func token(_ token: String, _ world: World) -> JSONValue {
        guard let user = world.user(ofToken: token) else {
            return ["error": "[invalid bearer token, token lookup failed]", "user": [:]]
        }
        return [
            "authenticated": true,
            "user": info(of: user),
            "audiences": ["https://kubernetes.default.svc.cluster.local"],
        ]
    }

    private static func info(of user: APIUser) -> JSONValue {
        [
            "username": .string(user.name), "uid": .string(user.uid ?? ""),
            "groups": .array(user.groups.map(JSONValue.string)),
        ]
    }

    private static func access(_ spec: JSONValue, of user: APIUser, _ world: World) -> JSONValue {
        func text(_ part: String, _ field: String) -> String { spec.at(part, field)?.stringValue ?? "" }
        var request = AccessRequest(verb: text("nonResourceAttributes", "verb"))
        request.path = text("nonResourceAttributes", "path")
        if spec["resourceAttributes"] != nil {
            let part = "resourceAttributes"
            let subresource = text(part, "subresource")
            request = AccessRequest(verb: text(part, "verb"), group: text(part, "group"))
            request.resource = text(part, "resource") + (subresource.isEmpty ? "" : "/" + subresource)
            request.name = text(part, "name")
            request.namespace = text(part, "namespace")
        }
        guard Authorizer.allows(user, request, world.store) else { return ["allowed": false] }
        return ["allowed": true, "reason": .string(user.groups.contains("system:masters") ? "" : "RBAC: allowed")]
    }

    private static func rules(of user: APIUser, namespace: String, _ world: World) -> JSONValue {
        let all = Authorizer.rules(of: user, namespace: namespace, world.store)
        return [
            "incomplete": false, "resourceRules": .array(all.filter { $0["resources"] != nil }),
            "nonResourceRules": .array(all.filter { $0["nonResourceURLs"] != nil }),
        ]
    }
}
