import JSON

/// As whom requests are made (`as`, `as-uid`, `as-groups`, `as-user-extra` of a kubeconfig's user).
/// Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
public struct Impersonation: Sendable, Hashable {
    public var user: String
    public var uid: String?
    public var groups: [String]
    public var extra: [String: [String]]

    public init(user: String, uid: String? = nil, groups: [String] = [], extra: [String: [String]] = [:]) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }

    init?(_ node: KubeconfigNode) throws(ConfigurationFailure) {
        let groups = try node.strings("as-groups")
        let uid = try node.string("as-uid")
        var extra: [String: [String]] = [:]
        if let members = try node.object("as-user-extra") {
            for key in (members.value.objectValue ?? [:]).keys { extra[key] = try members.strings(key) }
        }
        guard let user = try node.string("as") else {
            guard groups.isEmpty, uid == nil, extra.isEmpty else {
                throw node.failure("has as-uid, as-groups or as-user-extra without as")
            }
            return nil
        }
        self.init(user: user, uid: uid, groups: groups, extra: extra)
    }

    /// The request headers; the keys of extras are percent-encoded because header names are not case-sensitive.
    var headers: [(name: String, value: String)] {
        var headers = [(name: "Impersonate-User", value: user)]
        if let uid { headers.append((name: "Impersonate-Uid", value: uid)) }
        headers += groups.map { (name: "Impersonate-Group", value: $0) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            headers += values.map { (name: "Impersonate-Extra-" + PercentEncoding.segment(key), value: $0) }
        }
        return headers
    }
}
