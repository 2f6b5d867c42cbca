public import FoundationEssentials

/// One request to the Kubernetes API, as a value: the real client sends it, the simulated cluster applies it.
public struct APIRequest: Hashable, Sendable {
    /// The four patch types, by their media types.
    /// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
    public enum Patch: String, Hashable, Sendable {
        case json = "application/json-patch+json"
        case merge = "application/merge-patch+json"
        case strategicMerge = "application/strategic-merge-patch+json"
        case apply = "application/apply-patch+yaml"
    }

    public enum Verb: Hashable, Sendable {
        case get, list, watch, create, update, delete
        case patch(Patch)

        /// The verb as RBAC names it.
        public var name: String {
            switch self {
            case .get: "get"
            case .list: "list"
            case .watch: "watch"
            case .create: "create"
            case .update: "update"
            case .delete: "delete"
            case .patch: "patch"
            }
        }

        public var isWrite: Bool {
            switch self {
            case .get, .list, .watch: false
            case .create, .update, .delete, .patch: true
            }
        }
    }

    public struct QueryItem: Hashable, Sendable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var verb: Verb
    public var resource: Resource
    public var namespace: String?
    public var name: String?
    /// `scale`, `log`, `eviction`, `status`, `proxy`.
    public var subresource: String?
    public var query: [QueryItem]
    public var body: Data?
    /// True when the body carries a resourceVersion, UID or JSON-patch test, so that sending it twice acts once.
    public var hasPrecondition: Bool
    /// True to be sent the metadata of the objects and nothing else of them.
    /// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
    public var isMetadataOnly = false
    /// A path outside of the resources: `/apis`, `/version`, `/readyz`. It replaces what the resource would give.
    public var absolutePath: String?

    public init(
        _ verb: Verb, _ resource: Resource, namespace: String? = nil, name: String? = nil, subresource: String? = nil,
        query: [QueryItem] = [], body: Data? = nil, hasPrecondition: Bool = false
    ) {
        self.verb = verb
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
        self.query = query
        self.body = body
        self.hasPrecondition = hasPrecondition
    }

    /// Reads a path that is no resource, such as `/apis` or `/version`.
    public static func at(path: String, query: [QueryItem] = []) -> APIRequest {
        var request = APIRequest(.get, Resource(plural: "", kind: ""), query: query)
        request.absolutePath = path
        return request
    }

    /// The path below the server's address, without the query: `/apis/apps/v1/namespaces/x/deployments/y/scale`.
    public var path: String {
        if let absolutePath { return absolutePath }
        var path = resource.group.isEmpty ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
        if resource.isNamespaced, let namespace { path += "/namespaces/\(namespace)" }
        path += "/\(resource.plural)"
        if let name { path += "/\(name)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}
