public import FoundationEssentials
public import Kubernetes

/// Everything diagnosis reads, taken at one time: the objects of one namespace around one target, the nodes, the log
/// tails of failing containers, and what the service itself answered. A value: it can be stored and judged again.
public struct Snapshot: Codable, Sendable {
    public var takenAt: Date
    public var target: Target
    public var services: [Service] = []
    public var endpoints: [Endpoints] = []
    public var deployments: [Deployment] = []
    public var replicaSets: [ReplicaSet] = []
    public var statefulSets: [StatefulSet] = []
    public var daemonSets: [DaemonSet] = []
    public var pods: [Pod] = []
    public var events: [Event] = []
    public var nodes: [Node] = []
    public var autoscalers: [HorizontalPodAutoscaler] = []
    public var logs: [ContainerLog] = []
    /// What was read because a rule asked for it: only then does an empty list below mean that there is none.
    public var further: Set<FurtherRead> = []
    public var claims: [PersistentVolumeClaim] = []
    public var networkPolicies: [NetworkPolicy] = []
    public var budgets: [PodDisruptionBudget] = []
    public var jobs: [Job] = []
    public var cronJobs: [CronJob] = []
    public var controllerRevisions: [ControllerRevision] = []
    public var quotas: [ResourceQuota] = []
    public var limitRanges: [LimitRange] = []
    public var configMaps: [ConfigMap] = []
    /// What the workload's containers took of memory, now and at earlier looks.
    public var memory = MemoryUsage()
    /// The hashes of templates (`pod-template-hash`, `controller-revision-hash`) whose pods were seen to be Ready until
    /// they were taken away, where somebody watched.
    public var served: Set<String> = []
    /// The replica counts of the namespace's workloads as Cortex saw them above zero.
    public var rememberedCounts: [WorkloadReference: RememberedCount] = [:]
    /// The port that somebody asked the service at and got no answer from; nil where that is not known.
    public var askedPort: Int?
    /// What the service answered when it was last tried; nil when nobody tried.
    public var answer: ServiceAnswer?
    /// What single pods answered, by their names, where they could be asked one by one.
    public var podAnswers: [String: ServiceAnswer] = [:]
    /// Reads that failed: diagnosis must not take what it could not see for absent.
    public var unread: [UnreadResource] = []

    public init(takenAt: Date, target: Target) {
        self.takenAt = takenAt
        self.target = target
    }
}

/// What is to be looked at: a service or a workload, by name.
public struct Target: Codable, Hashable, Sendable {
    /// `Service`, `Deployment`, …; nil when only a name was given: the Service of that name, else the workload.
    public var kind: String?
    public var namespace: String
    public var name: String

    public init(kind: String? = nil, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
}

/// The last lines of one container, already bounded.
public struct ContainerLog: Codable, Hashable, Sendable {
    public var pod: String
    public var container: String
    /// True for the log of the instance before the last restart.
    public var isPrevious: Bool
    public var lines: [String]

    public init(pod: String, container: String, isPrevious: Bool, lines: [String]) {
        self.pod = pod
        self.container = container
        self.isPrevious = isPrevious
        self.lines = lines
    }

    /// The kubelet's own word, in the place of a log, that it has none any more.
    /// Source: kubelet, kuberuntime_logs.go and logs.go, `unable to retrieve container logs for containerd://…`,
    /// and `failed to try resolving symlinks in path "/var/log/pods/…"` where the file went as it was asked for.
    public static func isAbsent(_ text: String) -> Bool {
        text.hasPrefix("unable to retrieve container logs for ")
            || text.hasPrefix("failed to try resolving symlinks in path ")
    }
}

/// How a service answered a request that was meant to prove that it works.
public struct ServiceAnswer: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable {
        case ok, connectionRefused, timeout, nameNotFound, unreachable, connectionReset, serverError, protocolError
        /// The API server, on whose way it would be asked, does not let Cortex ask it: nothing is known of it.
        case forbidden
    }
    public var kind: Kind
    public var message: String

    /// What can be said of a workload that no Service leads to.
    public static let withoutService = ServiceAnswer(
        kind: .ok, message: "its pods are ready, and there is no Service to ask")

    public init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }
}

/// A read that the cluster refused or did not answer.
public struct UnreadResource: Codable, Hashable, Sendable {
    public var verb: String
    /// `apps/deployments`, `pods/log`.
    public var resource: String
    public var namespace: String?
    /// True for a 403: a rule is missing, not an object.
    public var isForbidden: Bool
    public var message: String

    public init(verb: String, resource: String, namespace: String?, isForbidden: Bool, message: String) {
        self.verb = verb
        self.resource = resource
        self.namespace = namespace
        self.isForbidden = isForbidden
        self.message = message
    }

    /// Whether it was a read of this kind: several groups have one that is called `pods`.
    func isOf(_ kind: Resource) -> Bool {
        resource == (kind.group.isEmpty ? kind.plural : "\(kind.group)/\(kind.plural)")
    }
}
