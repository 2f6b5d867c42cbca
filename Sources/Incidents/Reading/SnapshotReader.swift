public import Diagnosis
public import FoundationEssentials
import Healing
public import Kubernetes

/// Reads what diagnosis looks at, in parallel, as it is now: every read goes to the API server and none to a cache.
public struct SnapshotReader: Sendable {
    let api: any ClusterAPI
    /// What earlier looks saw; nil where each look stands for itself.
    let usage: UsageLog?
    private let now: @Sendable () -> Date
    private let refused: @Sendable (UnreadResource) -> Void

    /// - Parameters:
    ///   - usage: what earlier looks saw of memory.
    ///   - now: the time a snapshot is stamped with, taken before its first read.
    ///   - refused: is told of each read that the server refuses, whether or not it is missed in the snapshot.
    public init(
        api: any ClusterAPI, usage: UsageLog? = nil, now: @escaping @Sendable () -> Date,
        refused: @escaping @Sendable (UnreadResource) -> Void = { _ in }
    ) {
        self.api = api
        self.usage = usage
        self.now = now
        self.refused = refused
    }

    /// The namespace around a target, the nodes, the last log lines of failing containers, and in a second look what
    /// the first one asks for.
    /// - Parameter answer: how the service answered last, where it was asked: it decides what else is looked at. The
    ///   snapshot carries no answer.
    /// - Throws: when a read got no answer: then nothing is known, and nothing may be concluded from the others.
    ///   A read that was refused is noted in the snapshot instead.
    public func everything(_ target: Target, answer: ServiceAnswer? = nil) async throws(APIError) -> Snapshot {
        var snapshot = Snapshot(takenAt: now(), target: target)
        let space = target.namespace
        async let services = read(Service.self, space)
        async let endpoints = read(Endpoints.self, space)
        async let deployments = read(Deployment.self, space)
        async let replicaSets = read(ReplicaSet.self, space)
        async let statefulSets = read(StatefulSet.self, space)
        async let daemonSets = read(DaemonSet.self, space)
        async let pods = read(Pod.self, space)
        async let events = read(Event.self, space)
        async let nodes = read(Node.self, nil)
        async let autoscalers = read(HorizontalPodAutoscaler.self, space)
        // Awaited one by one, each error as it is: a tuple of awaits would lose its type.
        snapshot.services = try snapshot.take(await services)
        snapshot.endpoints = try snapshot.take(await endpoints)
        snapshot.deployments = try snapshot.take(await deployments)
        snapshot.replicaSets = try snapshot.take(await replicaSets)
        snapshot.statefulSets = try snapshot.take(await statefulSets)
        snapshot.daemonSets = try snapshot.take(await daemonSets)
        snapshot.pods = try snapshot.take(await pods)
        snapshot.events = try snapshot.take(await events)
        snapshot.nodes = try snapshot.take(await nodes)
        snapshot.autoscalers = try snapshot.take(await autoscalers)
        await readLogs(into: &snapshot)
        snapshot.answer = answer
        try await readFurther(into: &snapshot)
        snapshot.answer = nil
        return snapshot
    }

    /// The workload, its Service and its endpoints, with what an earlier snapshot knew of the rest.
    public func progress(
        of workload: WorkloadReference?, since earlier: Snapshot
    ) async throws(APIError) -> Snapshot {
        guard let workload, workload.kind == .deployment || workload.kind == .statefulSet else {
            return try await everything(earlier.target)
        }
        var snapshot = earlier
        snapshot.unread = []
        snapshot.takenAt = now()
        let (space, name) = (workload.namespace, workload.name)
        async let service = readOne(Service.self, space, earlier.target.name)
        async let endpoints = readOne(Endpoints.self, space, earlier.target.name)
        switch workload.kind {
        case .deployment: snapshot.deployments = try snapshot.take(await readOne(Deployment.self, space, name))
        default: snapshot.statefulSets = try snapshot.take(await readOne(StatefulSet.self, space, name))
        }
        snapshot.services = try snapshot.take(await service)
        snapshot.endpoints = try snapshot.take(await endpoints)
        // Who may list and not get sees the same, only more of it.
        guard snapshot.unread.isEmpty else { return try await everything(earlier.target) }
        snapshot.unread = earlier.unread
        return snapshot
    }

    func read<Object: KubernetesObject>(
        _ type: Object.Type, _ namespace: String?, version: String? = nil
    ) async -> ReadOutcome<Object> {
        do throws(APIError) {
            return .items(try await api.list(type, namespace: namespace, version: version).items)
        } catch {
            return outcome(of: ReadOutcome(error, verb: "list", Object.resource, namespace))
        }
    }

    private func readOne<Object: KubernetesObject>(
        _ type: Object.Type, _ namespace: String, _ name: String
    ) async -> ReadOutcome<Object> {
        do throws(APIError) {
            return .items([try await api.get(type, namespace: namespace, name: name)])
        } catch {
            return outcome(of: ReadOutcome(error, verb: "get", Object.resource, namespace))
        }
    }

    private func outcome<Object>(of outcome: ReadOutcome<Object>) -> ReadOutcome<Object> {
        if case .refused(let unread) = outcome { note(unread) }
        return outcome
    }

    func note(_ unread: UnreadResource) { refused(unread) }
}

extension Snapshot {
    /// What was read, or a note of what was refused.
    mutating func take<Object>(_ outcome: ReadOutcome<Object>) throws(APIError) -> [Object] {
        switch outcome {
        case .items(let items): return items
        case .refused(let note):
            unread.append(note)
            return []
        case .absent: return []
        case .unanswered(let error): throw error
        }
    }
}
