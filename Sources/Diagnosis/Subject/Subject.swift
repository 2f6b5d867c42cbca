public import FoundationEssentials
public import Kubernetes

/// The resolved view of one target: its Service, its workload, and the workload's pods sorted by revision.
public struct Subject: Sendable {
    public let snapshot: Snapshot
    public let service: Service?
    /// The Endpoints of the service; nil when there are none or they could not be read.
    public let endpoints: Endpoints?
    public let workload: Workload?
    /// Nil where the kind has none, or where a set's ControllerRevisions were not read.
    public let history: RevisionHistory?
    /// Pods of the current template that live: neither on their way out nor finished.
    public let currentPods: [Pod]
    /// Living pods of older templates.
    public let olderPods: [Pod]
    /// Pods of any template that are being deleted.
    public let terminatingPods: [Pod]
    /// Finished pods that still lie around: evicted, failed or completed.
    public let leftoverPods: [Pod]
    /// Those of them that are of the current template.
    let endedPods: [Pod]
    /// How the workload was found when the Service's selector did not lead to it.
    let isGuessed: Bool

    public var now: Date { snapshot.takenAt }
    /// Living pods of every template.
    public var livePods: [Pod] { currentPods + olderPods }
    public var readyPods: [Pod] { livePods.filter(\.isReady) }

    /// How many pods are Ready: counted, since the workload's own status lags behind its pods.
    public var readyCount: Int { unread(.pods).isEmpty ? readyPods.count : workload?.ready ?? 0 }

    public init(_ snapshot: Snapshot) {
        let resolution = Resolution(snapshot)
        self.snapshot = snapshot
        service = resolution.service
        let name = service?.name
        endpoints = name.flatMap { name in snapshot.endpoints.first { $0.name == name } }
        workload = resolution.workload
        isGuessed = resolution.isGuessed
        let history = resolution.workload.flatMap { Self.history(of: $0, in: snapshot) }
        self.history = history
        let pods = resolution.workload.map { resolution.pods(of: $0) } ?? []
        let sorted = pods.sorted { left, right in
            let ages = (
                left.metadata.creationTimestamp ?? .distantPast, right.metadata.creationTimestamp ?? .distantPast
            )
            return ages.0 == ages.1 ? left.name < right.name : ages.0 < ages.1
        }
        terminatingPods = sorted.filter { $0.metadata.deletionTimestamp != nil }
        leftoverPods = sorted.filter { $0.metadata.deletionTimestamp == nil && $0.isTerminal }
        let living = sorted.filter { $0.metadata.deletionTimestamp == nil && !$0.isTerminal }
        let isCurrent = Self.currentTest(resolution.workload, history: history, living: living, in: snapshot)
        currentPods = living.filter(isCurrent)
        olderPods = living.filter { !isCurrent($0) }
        endedPods = leftoverPods.filter(isCurrent)
    }

    /// Events about the object, oldest first.
    public func events(of object: ObjectReference) -> [Event] {
        snapshot.events.filter { event in
            event.involvedObject.kind == object.kind && event.involvedObject.name == object.name
                && (event.involvedObject.uid == nil || object.uid == nil || event.involvedObject.uid == object.uid)
        }.sorted { ($0.lastSeen ?? .distantPast) < ($1.lastSeen ?? .distantPast) }
    }

    /// The last lines a container wrote, clean and bounded: of the instance that died if there was one.
    func logTail(pod: String, container: String) -> LogTail {
        let logs = snapshot.logs.filter { $0.pod == pod && $0.container == container && !$0.lines.isEmpty }
        return LogTail(of: (logs.first(where: \.isPrevious) ?? logs.first)?.lines ?? [])
    }

    /// How long ago it was; nil when there is no time. Never negative: clocks of nodes differ.
    func age(_ date: Date?) -> Double? { date.map { max(0, now.timeIntervalSince($0)) } }

    /// The reads of this resource that failed.
    func unread(_ resource: Resource) -> [UnreadResource] {
        snapshot.unread.filter { $0.isOf(resource) }
    }

    private static func history(of workload: Workload, in snapshot: Snapshot) -> RevisionHistory? {
        let name = workload.reference.name
        switch workload.reference.kind {
        case .deployment:
            return snapshot.deployments.first { $0.name == name }.map { RevisionHistory(of: $0, in: snapshot) }
        case .statefulSet:
            let set = snapshot.statefulSets.first { $0.name == name }
            return RevisionHistory(of: workload.object, current: set?.status?.updateRevision, in: snapshot)
        case .daemonSet: return RevisionHistory(of: workload.object, current: nil, in: snapshot)
        case .replicaSet, .pod, .job, .cronJob, .service: return nil
        }
    }

    private static func currentTest(
        _ workload: Workload?, history: RevisionHistory?, living: [Pod], in snapshot: Snapshot
    ) -> (Pod) -> Bool {
        switch workload?.reference.kind {
        case .deployment:
            // Without its ReplicaSets nothing tells one revision's pods from another's: all are judged.
            guard let current = history?.current else { return { _ in true } }
            return { $0.metadata.controller?.name == current.name }
        case .statefulSet:
            let set = snapshot.statefulSets.first { $0.name == workload?.reference.name }
            guard let revision = set?.status?.updateRevision else { return { _ in true } }
            return { $0.metadata.labels?["controller-revision-hash"] == revision }
        case .daemonSet:
            if let current = history?.current {
                return { pod in
                    pod.metadata.labels?["controller-revision-hash"].map { current.name.hasSuffix("-" + $0) } ?? true
                }
            }
            // The newest pod's revision: a DaemonSet's status does not name its own.
            guard let revision = living.last?.metadata.labels?["controller-revision-hash"] else { return { _ in true } }
            return { $0.metadata.labels?["controller-revision-hash"] == revision }
        default: return { _ in true }
        }
    }
}
