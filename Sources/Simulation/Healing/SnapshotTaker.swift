import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes

/// What diagnosis reads, taken from the simulated cluster at one instant. Decoded objects are kept until they change.
struct SnapshotTaker: Sendable {
    private struct Kept<Object: Sendable>: Sendable {
        var version: String
        var object: Object
    }

    private var services: [String: Kept<Service>] = [:]
    private var endpoints: [String: Kept<Endpoints>] = [:]
    private var deployments: [String: Kept<Deployment>] = [:]
    private var replicaSets: [String: Kept<ReplicaSet>] = [:]
    private var statefulSets: [String: Kept<StatefulSet>] = [:]
    private var daemonSets: [String: Kept<DaemonSet>] = [:]
    private var pods: [String: Kept<Pod>] = [:]
    private var events: [String: Kept<Event>] = [:]
    private var nodes: [String: Kept<Node>] = [:]
    private var autoscalers: [String: Kept<HorizontalPodAutoscaler>] = [:]

    /// - Parameter answer: how the service answered last; it decides what is looked at beyond the first look.
    mutating func take(_ target: Target, answer: ServiceAnswer?, _ world: World) -> Snapshot {
        var snapshot = first(target, world)
        snapshot.answer = answer
        while true {
            let needed = snapshot.neededReads
            guard !needed.isEmpty else { break }
            for read in needed { Self.take(read, into: &snapshot, world) }
        }
        snapshot.answer = nil
        return snapshot
    }

    private static func take(_ further: FurtherRead, into snapshot: inout Snapshot, _ world: World) {
        let space = snapshot.target.namespace
        snapshot.further.insert(further)
        switch further {
        case .claims: snapshot.claims = all(in: space, world)
        case .networkPolicies: snapshot.networkPolicies = all(in: space, world)
        case .budgets: snapshot.budgets = all(in: space, world)
        case .revisions: snapshot.controllerRevisions = all(in: space, world)
        case .quotas: snapshot.quotas = all(in: space, world)
        case .limitRanges: snapshot.limitRanges = all(in: space, world)
        case .configMaps: snapshot.configMaps = all(in: space, world)
        case .jobs:
            snapshot.jobs = all(in: space, world)
            snapshot.cronJobs = all(in: space, world)
        case .memory: snapshot.noteMemory(world.podMetrics(in: space).map { decoded($0) })
        case .readyLogs: snapshot.logs += readyLogs(of: Subject(snapshot).readyPods, world)
        }
    }

    private static func all<Object: KubernetesObject>(in namespace: String, _ world: World) -> [Object] {
        world.all(Object.resource, in: namespace).map { decoded($0) }
    }

    private mutating func first(_ target: Target, _ world: World) -> Snapshot {
        let space = target.namespace
        var snapshot = Snapshot(takenAt: world.date(world.seconds), target: target)
        snapshot.services = read(\.services, .services, space, world)
        snapshot.endpoints = read(\.endpoints, .endpoints, space, world)
        snapshot.deployments = read(\.deployments, .deployments, space, world)
        snapshot.replicaSets = read(\.replicaSets, .replicaSets, space, world)
        snapshot.statefulSets = read(\.statefulSets, .statefulSets, space, world)
        snapshot.daemonSets = read(\.daemonSets, .daemonSets, space, world)
        snapshot.pods = read(\.pods, .pods, space, world)
        snapshot.events = read(\.events, .events, space, world)
        snapshot.nodes = read(\.nodes, .nodes, nil, world)
        snapshot.autoscalers = read(\.autoscalers, .autoscalers, space, world)
        snapshot.logs = Self.logs(of: snapshot.pods, world)
        return snapshot
    }

    private mutating func read<Object: KubernetesObject>(
        _ cache: WritableKeyPath<SnapshotTaker, [String: Kept<Object>]>, _ resource: Resource, _ namespace: String?,
        _ world: World
    ) -> [Object] {
        var fresh: [String: Kept<Object>] = [:]
        let old = self[keyPath: cache]
        let objects = world.all(resource, in: namespace).map { value -> Object in
            let version = value.at("metadata", "resourceVersion")?.stringValue ?? ""
            let kept = old[value.uid].flatMap { $0.version == version ? $0 : nil }
            let object = kept?.object ?? Self.decoded(value)
            fresh[value.uid] = kept ?? Kept(version: version, object: object)
            return object
        }
        self[keyPath: cache] = fresh
        return objects
    }

    /// Only the guards, and the search for what others changed, look at who wrote what, and it is half of every object.
    private static let written: Set = [
        "Deployment", "StatefulSet", "DaemonSet", "Service", "ConfigMap", "ResourceQuota", "LimitRange",
    ]

    private static func decoded<Object: KubernetesObject>(_ value: JSONValue) -> Object {
        var value = value
        if !written.contains(Object.resource.kind) { value.put(nil, at: "metadata", "managedFields") }
        do {
            return try JSONCoding.decode(Object.self, from: Data(value.rendered))
        } catch {
            preconditionFailure("the simulated cluster holds a \(Object.resource.kind) that cannot be read: \(error)")
        }
    }

    /// The tails of containers that have ended or are not ready.
    private static func logs(of pods: [Pod], _ world: World) -> [ContainerLog] {
        var logs: [ContainerLog] = []
        for pod in pods where pod.metadata.deletionTimestamp == nil && !pod.isTerminal {
            let all = (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])
            for status in all where !status.ready && logs.count < 6 {
                let isPrevious = status.lastState?.terminated != nil && status.state?.terminated == nil
                let isNow = status.state?.running != nil || !isPrevious
                let lines = world.log(
                    ofPod: pod.metadata.uid ?? "", container: status.name, previous: isPrevious && isNow)
                guard let lines, !lines.isEmpty else { continue }
                logs.append(
                    ContainerLog(
                        pod: pod.name, container: status.name, isPrevious: isPrevious,
                        lines: lines.suffix(20).map(\.text)))
            }
        }
        return logs
    }

    /// The tails of two pods that serve: replicas say much the same.
    private static func readyLogs(of pods: [Pod], _ world: World) -> [ContainerLog] {
        pods.prefix(2).flatMap { pod in
            (pod.status?.containerStatuses ?? []).filter { $0.state?.running != nil }.compactMap { status in
                let lines = world.log(ofPod: pod.metadata.uid ?? "", container: status.name) ?? []
                return lines.isEmpty
                    ? nil
                    : ContainerLog(
                        pod: pod.name, container: status.name, isPrevious: false, lines: lines.suffix(20).map(\.text))
            }
        }
    }
}
