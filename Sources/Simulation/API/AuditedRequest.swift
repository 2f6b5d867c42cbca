import Kubernetes

/// A request as an audit log names it.
/// Source: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
public struct AuditedRequest: Hashable, Sendable {
    /// As RBAC names it: `get`, `list`, `watch`, `create`, …
    public var verb: String
    public var group: String
    public var version: String
    /// Plural.
    public var resource: String
    public var subresource: String
    public var namespace: String
    /// Empty for a list, and for an object that the server is to name.
    public var name: String

    /// - Returns: nil for a path that is no object's: discovery, health, versions.
    public init?(_ call: APICall) {
        guard let address = APIAddress(path: call.path) else { return nil }
        do {
            verb = try World.verb(of: call, address)
        } catch {
            // A method that the path does not take: refused, and nothing was asked of the object.
            return nil
        }
        group = address.type.resource.group
        version = address.version
        resource = address.type.resource.plural
        subresource = address.subresource ?? ""
        namespace = address.namespace ?? ""
        name = address.name ?? ""
        guard name.isEmpty, verb == "create" else { return }
        do {
            name = try call.object().name
        } catch {
            // The server refuses the body; there is no name to tell.
            return
        }
    }
}
