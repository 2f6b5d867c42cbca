import Kubernetes

/// What RBAC decides about.
struct AccessRequest: Hashable, Sendable {
    var verb: String
    var group = ""
    /// `pods` or `pods/log`; empty for a path that is no resource.
    var resource = ""
    var name = ""
    var namespace = ""
    var path = ""

    /// Source: `RBACAuthorizer` and `forbiddenMessage` in k8s.io/apiserver.
    func refusal(of user: APIUser, _ type: ResourceType?) -> APIStatus {
        guard let type else {
            return APIStatus(
                code: 403, reason: "Forbidden",
                message: "forbidden: User \"\(user.name)\" cannot \(verb) path \"\(path)\"", details: .init())
        }
        let place = namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(namespace)\""
        let subject = type.qualifiedName + (name.isEmpty ? "" : " \"\(name)\"")
        return APIStatus(
            code: 403, reason: "Forbidden",
            message:
                "\(subject) is forbidden: User \"\(user.name)\" cannot \(verb) resource \"\(resource)\" in API group "
                + "\"\(group)\" \(place)",
            details: .init(name: name, group: group.isEmpty ? nil : group, kind: type.resource.plural))
    }
}
