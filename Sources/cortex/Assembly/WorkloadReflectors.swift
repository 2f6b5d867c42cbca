import Healing
import Incidents
import Kubernetes
import KubernetesClient

/// A replica count as it is now; nil for a workload that is gone.
struct ReplicaSighting: Sendable {
    var workload: WorkloadReference
    var count: Int?
}

/// What is kept of what the watches show.
enum Sighting: Sendable {
    case replicas(ReplicaSighting)
    case start(PodStart)
}

/// What went wrong in a watch, of what, and in which namespace; nil for what belongs to none.
typealias WatchFailed = @Sendable (WatchFailure, Resource, String?) -> Void

/// One reflector, whatever it reflects.
struct Watching: Sendable {
    let run: @Sendable () async -> Void
    let waitUntilSynced: @Sendable () async -> Void

    /// - Parameter isAwaited: nothing can be said of anything before its first list.
    init<Object>(_ reflector: Reflector<Object>, isAwaited: Bool = true) {
        run = { await reflector.run() }
        waitUntilSynced = { if isAwaited { await reflector.waitUntilSynced() } }
    }
}

/// The reflectors of workloads and of what tells how they are.
struct WorkloadReflectors {
    private(set) var all: [Watching] = []

    /// - Parameters:
    ///   - remember: is told of replica counts.
    ///   - learn: is told of pods, for how long they take to start.
    ///   - incidents: nil to watch no more than those counts need.
    init(
        _ namespaces: [String], _ api: any ClusterAPI, remember: @escaping @Sendable ([ReplicaSighting]) -> Void,
        learn: @escaping @Sendable ([Store<Pod>.Change]) -> Void, _ incidents: IncidentWatch?,
        _ failed: @escaping WatchFailed
    ) {
        for namespace in namespaces {
            let deployments = Reflector<Deployment>(
                api, namespace: namespace,
                onChange: { changes in
                    remember(changes.map { Self.sighting(.deployment, $0) { $0.spec.replicas } })
                    incidents?.apply { $0.apply(changes) }
                }, onFailure: { failed($0, .deployments, namespace) })
            let statefulSets = Reflector<StatefulSet>(
                api, namespace: namespace,
                onChange: { changes in
                    remember(changes.map { Self.sighting(.statefulSet, $0) { $0.spec.replicas } })
                    incidents?.apply { $0.apply(changes) }
                }, onFailure: { failed($0, .statefulSets, namespace) })
            all += [Watching(deployments), Watching(statefulSets)]
            if let incidents { all += Self.rest(in: namespace, api, learn, incidents, failed) }
        }
    }

    /// All that incidents are found from, in a namespace whose counts nobody else needs.
    static func everything(
        in namespace: String, _ api: any ClusterAPI, learn: @escaping @Sendable ([Store<Pod>.Change]) -> Void,
        _ incidents: IncidentWatch,
        _ failed: @escaping WatchFailed
    ) -> [Watching] {
        WorkloadReflectors([namespace], api, remember: { _ in }, learn: learn, incidents, failed).all
            + [told(incidents, namespace, api, failed) { $0.apply($1 as [Store<Service>.Change]) }]
    }

    private static func rest(
        in namespace: String, _ api: any ClusterAPI, _ learn: @escaping @Sendable ([Store<Pod>.Change]) -> Void,
        _ incidents: IncidentWatch,
        _ failed: @escaping WatchFailed
    ) -> [Watching] {
        let pods = Reflector<Pod>(
            api, namespace: namespace,
            onChange: { changes in
                learn(changes)
                incidents.apply { $0.apply(changes) }
            }, onFailure: { failed($0, .pods, namespace) })
        return [
            Watching(pods),
            told(incidents, namespace, api, failed) { $0.apply($1 as [Store<DaemonSet>.Change]) },
            told(incidents, namespace, api, failed) { $0.apply($1 as [Store<Job>.Change]) },
            told(incidents, namespace, api, failed) { $0.apply($1 as [Store<Endpoints>.Change]) },
            further(incidents, namespace, api, failed) { $0.apply($1 as [Store<HorizontalPodAutoscaler>.Change]) },
            further(incidents, namespace, api, failed, olderVersion: "v1beta1") {
                $0.apply($1 as [Store<CronJob>.Change])
            },
        ]
    }

    /// The machines, which belong to no namespace.
    static func nodes(_ api: any ClusterAPI, _ incidents: IncidentWatch, _ failed: @escaping WatchFailed) -> Watching {
        further(incidents, nil, api, failed) { $0.apply($1 as [Store<Node>.Change]) }
    }

    /// What shows a few symptoms more; where it may not be seen, the others are not to wait for it.
    private static func further<Object: KubernetesObject>(
        _ incidents: IncidentWatch, _ namespace: String?, _ api: any ClusterAPI, _ failed: @escaping WatchFailed,
        olderVersion: String? = nil,
        apply: @escaping @Sendable (inout WatchedCluster, [Store<Object>.Change]) -> Set<WorkloadReference>
    ) -> Watching {
        Watching(
            Reflector<Object>(
                api, namespace: namespace, olderVersion: olderVersion,
                onChange: { changes in incidents.apply { apply(&$0, changes) } },
                onFailure: { failed($0, Object.resource, namespace) }), isAwaited: false)
    }

    /// A reflector that nobody but the search for incidents needs.
    private static func told<Object: KubernetesObject>(
        _ incidents: IncidentWatch, _ namespace: String, _ api: any ClusterAPI,
        _ failed: @escaping WatchFailed,
        apply: @escaping @Sendable (inout WatchedCluster, [Store<Object>.Change]) -> Set<WorkloadReference>
    ) -> Watching {
        Watching(
            Reflector<Object>(
                api, namespace: namespace, onChange: { changes in incidents.apply { apply(&$0, changes) } },
                onFailure: { failed($0, Object.resource, namespace) }))
    }

    private static func sighting<Object: KubernetesObject>(
        _ kind: WorkloadReference.Kind, _ change: Store<Object>.Change, _ replicas: (Object) -> Int?
    ) -> ReplicaSighting {
        let object = change.object
        let workload = WorkloadReference(kind: kind, namespace: object.namespace, name: object.name)
        if case .deleted = change { return ReplicaSighting(workload: workload, count: nil) }
        return ReplicaSighting(workload: workload, count: replicas(object) ?? 1)
    }
}
