/// A resource or subresource (`pods/eviction`) as discovery lists it.
public struct APIResourceEntry: Codable, Hashable, Sendable {
    public var name: String
    public var namespaced: Bool
    public var kind: String
    public var verbs: [String]?
    /// Of the kind that it takes, where that differs from the list's own (`policy` for `pods/eviction`).
    public var group: String?
    public var version: String?
}

struct APIResourceList: Codable {
    var resources: [APIResourceEntry]
}
