public import JSON

/// The Kubernetes objects that give Cortex's service account its rights, with the names of the deployment guide.
public struct AccessManifest: Sendable {
    /// What is healed, bound by RoleBindings: the guide's `cortex-api-reader`.
    public static let healer = "cortex-api-reader"
    /// Its bindings, and that of what belongs to no namespace.
    public static let binding = "cortex-api-reader-binding"

    /// What is watched and not healed, bound alike.
    public static let watcher = "cortex-api-watcher"

    public var needs: AccessNeeds
    public var namespaces: [String]
    /// Namespaces that are only watched.
    public var watched: [String]
    public var ownNamespace: String
    public var account: String
    /// Where leases are held, if not in Cortex's own namespace.
    public var leaseNamespace: String?

    public init(
        _ needs: AccessNeeds, namespaces: [String], watched: [String] = [], ownNamespace: String, account: String,
        leaseNamespace: String? = nil
    ) {
        self.needs = needs
        self.namespaces = namespaces
        self.watched = watched
        self.ownNamespace = ownNamespace
        self.account = account
        self.leaseNamespace = leaseNamespace == ownNamespace ? nil : leaseNamespace
    }

    var documents: [AccessDocument] {
        let healer = AccessDocument.Role(kind: "ClusterRole", name: Self.healer)
        let nodes = AccessDocument.Role(kind: "ClusterRole", name: "cortex-api-nodes")
        let subject = AccessDocument.Subject(name: account, namespace: ownNamespace)
        return [
            AccessDocument(kind: "ServiceAccount", name: account, namespace: ownNamespace, content: .nothing),
            AccessDocument(
                kind: healer.kind, name: healer.name, annotations: needs.usesWorkerProgram ? [] : Self.narrower,
                content: .rules(needs.rules(in: .healed))),
        ]
            + namespaces.map {
                AccessDocument(
                    kind: "RoleBinding", name: Self.binding, namespace: $0, content: .binding(healer, subject))
            } + watching(subject) + [
                AccessDocument(kind: nodes.kind, name: nodes.name, content: .rules(needs.rules(in: .cluster))),
                AccessDocument(kind: "ClusterRoleBinding", name: Self.binding, content: .binding(nodes, subject)),
            ] + own(subject)
    }

    private func own(_ subject: AccessDocument.Subject) -> [AccessDocument] {
        let rules = needs.rules(in: .own)
        guard let leaseNamespace else { return Self.role("cortex-api-own", in: ownNamespace, rules, subject) }
        return Self.role("cortex-api-own", in: ownNamespace, rules.filter { $0.purpose != .leasing }, subject)
            + Self.role("cortex-api-leases", in: leaseNamespace, rules.filter { $0.purpose == .leasing }, subject)
    }

    private static func role(
        _ name: String, in namespace: String, _ rules: [AccessRule], _ subject: AccessDocument.Subject
    ) -> [AccessDocument] {
        let role = AccessDocument.Role(kind: "Role", name: name)
        return [
            AccessDocument(kind: role.kind, name: name, namespace: namespace, content: .rules(rules)),
            AccessDocument(kind: "RoleBinding", name: name, namespace: namespace, content: .binding(role, subject)),
        ]
    }

    private func watching(_ subject: AccessDocument.Subject) -> [AccessDocument] {
        guard !watched.isEmpty else { return [] }
        let role = AccessDocument.Role(kind: "ClusterRole", name: Self.watcher)
        return [AccessDocument(kind: role.kind, name: role.name, content: .rules(needs.looking.rules(in: .healed)))]
            + watched.map {
                AccessDocument(
                    kind: "RoleBinding", name: "\(Self.watcher)-binding", namespace: $0,
                    content: .binding(role, subject))
            }
    }

    /// YAML documents for `kubectl apply -f -`, with a comment for what each rule is used.
    public var yaml: String { documents.map(\.yaml).joined(separator: "---\n") }

    /// One `List` for `kubectl apply -f -`.
    public var json: JSONValue {
        ["apiVersion": "v1", "kind": "List", "items": .array(documents.map(\.json))]
    }

    /// The verbs of the guide's verification that Cortex does without, and why: `kubectl describe clusterrole` shows
    /// them, which is where the guide looks. Each below the 140 characters that describe prints of an annotation.
    static let narrower: [AccessDocument.Annotation] = [
        .init(
            name: "cortex.io/deployments-without-update",
            value: "each write is a patch bound to the resourceVersion it was decided on"),
        .init(
            name: "cortex.io/deployments-scale-without-get-update",
            value: "the count is read from the Deployment and patched; a kubectl worker: cortex rbac --worker-program"),
        .init(
            name: "cortex.io/pods-without-create-delete",
            value: "no test pods: the service itself is asked; pods go through the eviction API (pods/eviction: create)"
        ),
        .init(
            name: "cortex.io/pods-log-without-list",
            value: "the API has no list of logs; get is what reads them"),
        .init(
            name: "cortex.io/bound-in",
            value: "healed namespaces only, by RoleBindings; the ClusterRoleBinding of that name gives nodes: list"),
    ]
}
