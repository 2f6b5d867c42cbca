/// A kind of object as the API addresses it: group, version, plural.
public struct Resource: Codable, Hashable, Sendable {
    public var group: String
    public var version: String
    public var plural: String
    public var kind: String
    public var isNamespaced: Bool

    public init(group: String = "", version: String = "v1", plural: String, kind: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// `v1` or `apps/v1`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    public static let pods = Resource(plural: "pods", kind: "Pod")
    public static let services = Resource(plural: "services", kind: "Service")
    public static let endpoints = Resource(plural: "endpoints", kind: "Endpoints")
    public static let events = Resource(plural: "events", kind: "Event")
    public static let nodes = Resource(plural: "nodes", kind: "Node", isNamespaced: false)
    public static let namespaces = Resource(plural: "namespaces", kind: "Namespace", isNamespaced: false)
    public static let configMaps = Resource(plural: "configmaps", kind: "ConfigMap")
    public static let claims = Resource(plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim")
    public static let resourceQuotas = Resource(plural: "resourcequotas", kind: "ResourceQuota")
    public static let limitRanges = Resource(plural: "limitranges", kind: "LimitRange")
    public static let deployments = Resource(group: "apps", plural: "deployments", kind: "Deployment")
    public static let replicaSets = Resource(group: "apps", plural: "replicasets", kind: "ReplicaSet")
    public static let statefulSets = Resource(group: "apps", plural: "statefulsets", kind: "StatefulSet")
    public static let daemonSets = Resource(group: "apps", plural: "daemonsets", kind: "DaemonSet")
    public static let controllerRevisions = Resource(
        group: "apps", plural: "controllerrevisions", kind: "ControllerRevision")
    public static let autoscalers = Resource(
        group: "autoscaling", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler")
    public static let networkPolicies = Resource(
        group: "networking.k8s.io", plural: "networkpolicies", kind: "NetworkPolicy")
    public static let jobs = Resource(group: "batch", plural: "jobs", kind: "Job")
    public static let cronJobs = Resource(group: "batch", plural: "cronjobs", kind: "CronJob")
    public static let budgets = Resource(
        group: "policy", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    public static let podMetrics = Resource(
        group: "metrics.k8s.io", version: "v1beta1", plural: "pods", kind: "PodMetrics")
    public static let leases = Resource(group: "coordination.k8s.io", plural: "leases", kind: "Lease")
}
