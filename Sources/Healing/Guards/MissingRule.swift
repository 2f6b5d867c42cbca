public import Diagnosis
public import Kubernetes

/// A rule that RBAC does not grant, and how to grant it.
public struct MissingRule: Hashable, Sendable {
    public var verb: String
    /// `deployments/scale`.
    public var resource: String
    /// Empty for the core group.
    public var group: String
    /// Nil for the whole cluster.
    public var namespace: String?

    public init(verb: String, resource: String, group: String, namespace: String?) {
        self.verb = verb
        self.resource = resource
        self.group = group
        self.namespace = namespace
    }

    /// The rule behind a read that was refused; `apps/deployments` names group and resource.
    public init(_ unread: UnreadResource) {
        let parts = unread.resource.split(separator: "/", maxSplits: 1).map(String.init)
        let isCore = parts.count < 2 || Self.coreResources.contains(parts[0])
        self.init(
            verb: unread.verb, resource: isCore ? unread.resource : parts[1], group: isCore ? "" : parts[0],
            namespace: unread.namespace)
    }

    /// The rule behind a write that was refused.
    public init(_ write: ClusterWrite) {
        let words = write.rule.split(separator: " ").map(String.init)
        let path = words[1].split(separator: "/").map(String.init)
        let suffix = path.count > 1 ? "/\(path[1])" : ""
        self.init(
            verb: words[0], resource: write.resource.plural + suffix, group: write.resource.group,
            namespace: write.object.namespace)
    }

    /// The rule behind a request that was refused.
    public init(_ request: APIRequest) {
        self.init(
            verb: request.verb.name, resource: request.resource.plural + (request.subresource.map { "/\($0)" } ?? ""),
            group: request.resource.group, namespace: request.namespace)
    }

    private static let coreResources = ["pods", "services", "endpoints", "events", "nodes"]

    /// `patch deployments.apps/scale in the namespace cortex-system`.
    public var description: String {
        "\(verb) \(qualified) " + (namespace.map { "in the namespace \($0)" } ?? "in the whole cluster")
    }

    /// The commands that grant it.
    public var advice: String {
        let scope = namespace.map { " -n \($0)" } ?? ""
        let kind = namespace == nil ? "clusterrole" : "role"
        return "Grant it to Cortex's service account: kubectl create \(kind) cortex-\(verb)-\(resource.replacingSlash) "
            + "--verb=\(verb) --resource=\(qualified)\(scope), then bind it with kubectl create \(kind)binding."
    }

    /// What is missing and what grants it, for whoever watches or reads the log.
    public var notice: String { "Cortex may not \(description). \(advice)" }

    private var qualified: String {
        guard !group.isEmpty else { return resource }
        let path = resource.split(separator: "/", maxSplits: 1).map(String.init)
        return path[0] + ".\(group)" + (path.count > 1 ? "/\(path[1])" : "")
    }
}

extension String {
    fileprivate var replacingSlash: String { String(map { $0 == "/" ? "-" : $0 }) }
}
