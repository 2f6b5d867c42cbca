public import Kubernetes

/// The one change to a Service that makes it match the pods it is meant for.
public enum ServiceRepair: Codable, Hashable, Sendable {
    /// The whole new selector.
    case selector([String: String])
    /// The new `targetPort` of the port at this index of `spec.ports`.
    case targetPort(index: Int, port: IntOrString)
}
