import Kubernetes

/// What a path of the API means.
struct APIAddress: Hashable, Sendable {
    var type: ResourceType
    /// The version in the path.
    var version: String
    /// nil for objects of no namespace and for a list over all of them.
    var namespace: String?
    var name: String?
    var subresource: String?
    /// What follows `proxy`, with its slash.
    var rest = ""
    /// `/api/v1/watch/…`, the old form of a watch.
    var isOldWatch = false

    var apiVersion: String { type.resource.group.isEmpty ? version : "\(type.resource.group)/\(version)" }

    /// - Returns: nil for a path that names no kind that is served.
    init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let group: String
        if parts.first == "api", parts.count >= 3 {
            group = ""
            version = parts[1]
            parts.removeFirst(2)
        } else if parts.first == "apis", parts.count >= 4 {
            group = parts[1]
            version = parts[2]
            parts.removeFirst(3)
        } else {
            return nil
        }
        if parts.first == "watch" {
            isOldWatch = true
            parts.removeFirst()
        }
        if parts.first == "namespaces", parts.count >= 3, !["status", "finalize"].contains(parts[2]) {
            namespace = parts[1]
            parts.removeFirst(2)
        }
        guard let plural = parts.first, let type = ResourceType.of(group: group, plural: plural),
            type.versions.contains(version), type.resource.isNamespaced || namespace == nil
        else { return nil }
        self.type = type
        if parts.count > 1 { name = parts[1] }
        if parts.count > 2 { subresource = parts[2] }
        if let subresource {
            guard type.subresources.contains(subresource) else { return nil }
            if subresource == "proxy" {
                rest = "/" + parts.dropFirst(3).joined(separator: "/")
                if path.hasSuffix("/"), parts.count > 3 { rest += "/" }
            } else if parts.count > 3 {
                return nil
            }
        }
        // An object of a namespace is never read without one.
        if name != nil, type.resource.isNamespaced, namespace == nil { return nil }
    }
}
