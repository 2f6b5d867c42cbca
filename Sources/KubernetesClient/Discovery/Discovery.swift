internal import FoundationEssentials
internal import JSON
public import Kubernetes

/// Which groups, versions and resources the API server has, remembered for ten minutes.
/// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#unaggregated-discovery
public actor Discovery {
    /// How long an answer counts; a "not there" as well.
    public static let lifetime = Duration.seconds(600)
    /// Group versions remembered at once; the oldest goes first.
    static let capacity = 256

    private struct Remembered {
        var resources: [APIResourceEntry]?
        var at: Duration
    }

    private let api: any ClusterAPI
    private let timing: Timing
    private var versions: [String: Remembered] = [:]
    private var groups: (names: [APIGroup], at: Duration)?

    public init(_ api: any ClusterAPI, timing: Timing = .live) {
        self.api = api
        self.timing = timing
    }

    /// Every group with its versions, the core group not among them.
    public func allGroups() async throws(APIError) -> [APIGroup] {
        if let groups, timing.now() - groups.at < Self.lifetime { return groups.names }
        let list: APIGroupList = try await read("/apis")
        groups = (list.groups, timing.now())
        return list.groups
    }

    /// What a version of a group serves; nil when the server does not have that version.
    ///
    /// - Parameter group: empty for the core group.
    public func resources(group: String, version: String) async throws(APIError) -> [APIResourceEntry]? {
        let path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if let known = versions[path], timing.now() - known.at < Self.lifetime { return known.resources }
        let resources: [APIResourceEntry]?
        do {
            let list: APIResourceList = try await read(path)
            resources = list.resources
        } catch {
            guard error.isNotFound else { throw error }
            resources = nil
        }
        if versions.count >= Self.capacity, let oldest = versions.min(by: { $0.value.at < $1.value.at }) {
            versions[oldest.key] = nil
        }
        versions[path] = Remembered(resources: resources, at: timing.now())
        return resources
    }

    /// The first of the candidates in which the server has this resource; nil when it has it in none of them.
    ///
    ///     try await discovery.preferredVersion(
    ///         group: "discovery.k8s.io", resource: "endpointslices", candidates: ["v1", "v1beta1"])
    public func preferredVersion(
        group: String, resource: String, candidates: [String]
    ) async throws(APIError) -> String? {
        for version in candidates {
            let entries = try await resources(group: group, version: version) ?? []
            if entries.contains(where: { $0.name == resource }) { return version }
        }
        return nil
    }

    /// The version of `policy` that evictions are to be written in: what the pods' `eviction` subresource names.
    /// nil when the server has no evictions.
    public func evictionVersion() async throws(APIError) -> String? {
        let entries = try await resources(group: "", version: "v1") ?? []
        return entries.first { $0.name == "pods/eviction" }?.version
    }

    /// Forgets everything, as after an upgrade of the server.
    public func forget() {
        versions = [:]
        groups = nil
    }

    private func read<Value: Decodable>(_ path: String) async throws(APIError) -> Value {
        let body = try await api.send(.at(path: path))
        do {
            return try JSONCoding.decode(Value.self, from: body)
        } catch {
            throw .invalidResponse("\(path): \(error)")
        }
    }
}
