import JSON
import Kubernetes

/// RBAC over the roles and bindings that are stored.
/// Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
enum Authorizer {
    static func allows(_ user: APIUser, _ request: AccessRequest, _ store: ObjectStore) -> Bool {
        if user.groups.contains("system:masters") { return true }
        if isOpen(request) { return !user.groups.contains("system:unauthenticated") || request.path.hasSuffix("z") }
        for binding in store.all(clusterRoleBindings) where binds(binding, user, namespace: nil) {
            if rules(of: binding, namespace: nil, store).contains(where: { permits($0, request) }) { return true }
        }
        guard !request.namespace.isEmpty else { return false }
        for binding in store.all(roleBindings, in: request.namespace)
        where binds(binding, user, namespace: request.namespace) {
            let rules = rules(of: binding, namespace: request.namespace, store)
            if rules.contains(where: { permits($0, request) }) { return true }
        }
        return false
    }

    /// What everybody may read and ask by the roles that a cluster starts with: discovery and reviews of oneself.
    private static func isOpen(_ request: AccessRequest) -> Bool {
        if !request.path.isEmpty {
            let open = ["/api", "/apis", "/openapi", "/version", "/healthz", "/livez", "/readyz"]
            return request.verb == "get" && open.contains { request.path == $0 || request.path.hasPrefix($0 + "/") }
        }
        let own = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"]
        return ["authorization.k8s.io", "authentication.k8s.io"].contains(request.group) && request.verb == "create"
            && own.contains(request.resource)
    }

    /// The rules that hold for a user in a namespace.
    static func rules(of user: APIUser, namespace: String, _ store: ObjectStore) -> [JSONValue] {
        if user.groups.contains("system:masters") {
            return [
                ["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]], ["verbs": ["*"], "nonResourceURLs": ["*"]],
            ]
        }
        let wide = store.all(clusterRoleBindings).filter { binds($0, user, namespace: nil) }
            .flatMap { rules(of: $0, namespace: nil, store) }
        let own = store.all(roleBindings, in: namespace).filter { binds($0, user, namespace: namespace) }
            .flatMap { rules(of: $0, namespace: namespace, store) }
        return wide + own
    }

    private static let clusterRoleBindings = resource("clusterrolebindings", "ClusterRoleBinding", false)
    private static let roleBindings = resource("rolebindings", "RoleBinding", true)

    private static func resource(_ plural: String, _ kind: String, _ isNamespaced: Bool) -> Resource {
        Resource(group: "rbac.authorization.k8s.io", plural: plural, kind: kind, isNamespaced: isNamespaced)
    }

    private static func rules(of binding: JSONValue, namespace: String?, _ store: ObjectStore) -> [JSONValue] {
        let name = binding.at("roleRef", "name")?.stringValue ?? ""
        let role =
            binding.at("roleRef", "kind") == "Role"
            ? store.find(resource("roles", "Role", true), namespace, name)
            : store.find(resource("clusterroles", "ClusterRole", false), nil, name)
        return role?["rules"]?.arrayValue ?? []
    }

    private static func binds(_ binding: JSONValue, _ user: APIUser, namespace: String?) -> Bool {
        (binding["subjects"]?.arrayValue ?? []).contains { subject in
            let name = subject["name"]?.stringValue ?? ""
            switch subject["kind"]?.stringValue {
            case "User": return name == user.name
            case "Group": return user.groups.contains(name)
            case "ServiceAccount":
                let space = subject["namespace"]?.stringValue ?? namespace ?? ""
                return user.name == "system:serviceaccount:\(space):\(name)"
            default: return false
            }
        }
    }

    private static func permits(_ rule: JSONValue, _ request: AccessRequest) -> Bool {
        func has(_ field: String, _ value: String) -> Bool {
            (rule[field]?.arrayValue ?? []).contains { $0 == "*" || $0.stringValue == value }
        }
        guard has("verbs", request.verb) else { return false }
        if !request.path.isEmpty {
            return (rule["nonResourceURLs"]?.arrayValue ?? []).compactMap(\.stringValue).contains { url in
                url == request.path || url == "*" || (url.hasSuffix("*") && request.path.hasPrefix(url.dropLast()))
            }
        }
        guard has("apiGroups", request.group) else { return false }
        let subresource = request.resource.split(separator: "/").dropFirst().first.map { "*/\($0)" } ?? ""
        guard has("resources", request.resource) || (!subresource.isEmpty && has("resources", subresource)) else {
            return false
        }
        let names = rule["resourceNames"]?.arrayValue ?? []
        return names.isEmpty || names.contains(.string(request.name))
    }
}
