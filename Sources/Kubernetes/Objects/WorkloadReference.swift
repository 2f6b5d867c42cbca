/// Names a workload: the thing that is healed, one incident at a time.
public struct WorkloadReference: Codable, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Codable, Hashable, Sendable {
        case deployment = "Deployment"
        case statefulSet = "StatefulSet"
        case daemonSet = "DaemonSet"
        case replicaSet = "ReplicaSet"
        case pod = "Pod"
        case job = "Job"
        case cronJob = "CronJob"
        /// A service with no workload behind it that Cortex can see.
        case service = "Service"
    }
    public var kind: Kind
    public var namespace: String
    public var name: String

    public init(kind: Kind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// `Deployment/sandfly-mcp-server`.
    public var description: String { "\(kind.rawValue)/\(name)" }
}
