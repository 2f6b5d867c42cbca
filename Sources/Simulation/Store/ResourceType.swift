public import Kubernetes

/// What the API server knows about a kind beyond its address.
public struct ResourceType: Hashable, Sendable {
    public var resource: Resource
    public var singular: String
    public var shortNames: [String] = []
    public var categories: [String] = []
    /// `status`, `scale`, `log`, …
    public var subresources: [String] = []
    /// Further versions that serve the same objects.
    public var otherVersions: [String] = []
    /// Whether `metadata.generation` counts changes of the spec.
    public var hasGeneration = false
    /// Only `create` exists, and nothing is kept: reviews.
    public var isReview = false
    /// Made from other objects and not kept: metrics.
    public var isVirtual = false
    /// Where in the table of kinds it stands; the store keeps its shelves in this order.
    public var index = 0

    public var kind: String { resource.kind }
    /// `deployments.apps`, as error messages name the kind.
    public var qualifiedName: String {
        resource.group.isEmpty ? resource.plural : "\(resource.plural).\(resource.group)"
    }
    public var hasStatus: Bool { subresources.contains("status") }

    /// Whether an update must say which state it was decided on.
    /// Source: `AllowUnconditionalUpdate` of the strategies in pkg/registry of Kubernetes.
    var needsVersion: Bool { ["Lease", "PodDisruptionBudget", "ServiceAccount"].contains(kind) }

    init(_ resource: Resource, shortNames: [String] = [], status: Bool = false, subresources: [String] = []) {
        self.resource = resource
        singular = resource.kind.lowercased()
        self.shortNames = shortNames
        self.subresources = (status ? ["status"] : []) + subresources
    }

    /// All kinds, in the order in which discovery lists them.
    public static let all: [ResourceType] = {
        let kinds = core + apps + batch + policies + access + metrics
        return kinds.enumerated().map { index, kind in
            var kind = kind
            kind.index = index
            return kind
        }
    }()

    private static let byName: [String: ResourceType] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.resource.group + "/" + $0.resource.plural, $0) })

    /// The kind behind an address, in whichever version; nil for one that is not served.
    public static func of(_ resource: Resource) -> ResourceType? { of(group: resource.group, plural: resource.plural) }

    public static func of(group: String, plural: String) -> ResourceType? { byName[group + "/" + plural] }

    /// The kind that an object says it is.
    public static func of(apiVersion: String, kind: String) -> ResourceType? {
        let parts = apiVersion.split(separator: "/")
        let group = parts.count == 2 ? String(parts[0]) : ""
        return all.first { $0.resource.group == group && $0.kind == kind }
    }

    /// `v1`, then the others.
    public var versions: [String] { [resource.version] + otherVersions }
}

extension ResourceType {
    func generated() -> ResourceType { with { $0.hasGeneration = true } }
    func inAll() -> ResourceType { with { $0.categories = ["all"] } }
    func also(_ versions: String...) -> ResourceType { with { $0.otherVersions = versions } }
    func review() -> ResourceType { with { $0.isReview = true } }
    func virtual() -> ResourceType { with { $0.isVirtual = true } }

    private func with(_ change: (inout ResourceType) -> Void) -> ResourceType {
        var copy = self
        change(&copy)
        return copy
    }
}
