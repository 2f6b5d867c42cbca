/// A group of the API and the versions it is served in.
public struct APIGroup: Codable, Hashable, Sendable {
    public struct Version: Codable, Hashable, Sendable {
        public var groupVersion: String
        public var version: String
    }
    public var name: String
    public var versions: [Version]
    public var preferredVersion: Version?
}

struct APIGroupList: Codable {
    var groups: [APIGroup]
}
