public import Kubernetes

/// What the watches have shown, kept so that one event costs the workload it is about and not the whole cluster.
///
/// Each change returns the workloads whose state it may have changed.
public struct WatchedCluster: Sendable {
    struct Key: Hashable, Sendable {
        var namespace: String
        var name: String
    }

    private struct Entry: Sendable {
        var workload: WatchedWorkload
        /// The labels its pods are born with.
        var podLabels: [String: String]
    }

    private struct Front: Sendable {
        var selector: [String: String]
        var change: String?
        var isDeleted = false
        /// The workloads it led to when it last led to any.
        var led: Set<WorkloadReference> = []
    }

    private var workloads: [WorkloadReference: Entry] = [:]
    private(set) var pods: [WorkloadReference: [String: WatchedPod]] = [:]
    /// The Jobs that each CronJob made.
    var runs: [WorkloadReference: [String: WatchedRun]] = [:]
    var crons: [WorkloadReference: WatchedCron] = [:]
    /// The CronJob that each of its Jobs belongs to.
    var cronOfJob: [WorkloadReference: WorkloadReference] = [:]
    /// Autoscalers by the workload whose count they keep, and by their names.
    var scalers: [WorkloadReference: [String: WatchedScaler]] = [:]
    /// Nodes of which there is something to tell.
    var nodes: [String: WatchedNode] = [:]
    private var fronts: [Key: Front] = [:]
    private var addresses: [Key: Int] = [:]
    /// Replica counts as last seen above zero.
    private var remembered: [WorkloadReference: Int] = [:]

    public init() {}

    /// Adds counts of an earlier run; what was seen in this one stands.
    public mutating func remember(_ counts: [WorkloadReference: Int]) {
        remembered.merge(counts) { seen, _ in seen }
    }

    public var references: [WorkloadReference] { Array(workloads.keys) }

    /// The workload as it is now; nil when it is gone.
    public func workload(_ reference: WorkloadReference) -> WatchedWorkload? {
        guard let entry = workloads[reference] else { return nil }
        var workload = entry.workload
        workload.remembered = remembered[reference]
        if reference.kind != .pod {
            workload.pods = pods(of: reference).sorted { $0.name < $1.name }
        }
        workload.scalers = (scalers[reference] ?? [:]).values.sorted { $0.name < $1.name }
        if !nodes.isEmpty {
            let own = Set(workload.pods.compactMap(\.node))
            workload.nodes = nodes.filter { own.contains($0.key) }
        }
        workload.fronts = fronts.filter { $0.key.namespace == reference.namespace && $0.value.led.contains(reference) }
            .map { key, front in
                WatchedWorkload.Front(
                    name: key.name,
                    state: front.isDeleted ? .deleted : leads(front, entry) ? .leading : .astray,
                    addresses: addresses[key] ?? 0, change: front.change)
            }
            .sorted { ($0.name != reference.name ? 1 : 0, $0.name) < ($1.name != reference.name ? 1 : 0, $1.name) }
        return workload
    }

    /// The pods of services that have containers under a memory limit, by namespace and owner.
    public var limitedPods: [String: [WorkloadReference: [WatchedPod]]] {
        pods.reduce(into: [:]) { found, entry in
            guard ![.job, .cronJob].contains(entry.key.kind) else { return }
            let limited = entry.value.values.filter { !$0.limited.isEmpty }.sorted { $0.name < $1.name }
            if !limited.isEmpty { found[entry.key.namespace, default: [:]][entry.key] = limited }
        }
    }

    // MARK: - What the watches say

    public mutating func apply(_ changes: [Store<Deployment>.Change]) -> Set<WorkloadReference> {
        put(changes, WatchedWorkload.init) { $0.spec.template.metadata?.labels }
    }

    public mutating func apply(_ changes: [Store<StatefulSet>.Change]) -> Set<WorkloadReference> {
        put(changes, WatchedWorkload.init) { $0.spec.template.metadata?.labels }
    }

    public mutating func apply(_ changes: [Store<DaemonSet>.Change]) -> Set<WorkloadReference> {
        put(changes, WatchedWorkload.init) { $0.spec.template.metadata?.labels }
    }

    public mutating func apply(_ changes: [Store<Pod>.Change]) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            let pod = change.object
            guard let owner = WatchedPod.owner(of: pod) else { return }
            if owner.kind == .pod {
                touched.formUnion(
                    put(WatchedWorkload(pod), labels: pod.metadata.labels ?? [:], isGone: change.isDeletion))
                return
            }
            let watched = WatchedPod(pod)
            let isGone = change.isDeletion || watched.isOver
            let before = pods[owner]?[pod.name]
            pods[owner, default: [:]][pod.name] = isGone ? nil : watched
            if pods[owner]?.isEmpty == true { pods[owner] = nil }
            if before != pods[owner]?[pod.name] { touched.insert(cronOfJob[owner] ?? owner) }
        }
    }

    public mutating func apply(_ changes: [Store<Service>.Change]) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            let key = Key(namespace: change.object.namespace, name: change.object.name)
            var front = fronts[key] ?? Front(selector: [:])
            front.isDeleted = change.isDeletion
            front.selector = change.object.spec.selector ?? [:]
            if case .updated(let old, let new) = change, Self.leadsElsewhere(old, new) {
                front.change = new.metadata.resourceVersion
            }
            if case .added = change { front.change = nil }
            touched.formUnion(front.led)
            relink(&front, in: key.namespace)
            // Nothing was ever behind it: nobody misses it.
            fronts[key] = front.isDeleted && front.led.isEmpty ? nil : front
            touched.formUnion(front.led)
        }
    }

    public mutating func apply(_ changes: [Store<Endpoints>.Change]) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            let key = Key(namespace: change.object.namespace, name: change.object.name)
            let count = (change.object.subsets ?? []).reduce(0) { $0 + ($1.addresses ?? []).count }
            let before = addresses[key]
            addresses[key] = change.isDeletion ? nil : count
            if (before ?? 0 == 0) != (count == 0 || change.isDeletion) { touched.formUnion(fronts[key]?.led ?? []) }
        }
    }

    // MARK: -

    private mutating func put<Object>(
        _ changes: [Store<Object>.Change], _ watched: (Object) -> WatchedWorkload,
        podLabels: (Object) -> [String: String]?
    ) -> Set<WorkloadReference> {
        changes.reduce(into: []) { touched, change in
            touched.formUnion(
                put(
                    watched(change.object), labels: podLabels(change.object) ?? [:], isGone: change.isDeletion))
        }
    }

    mutating func put(
        _ workload: WatchedWorkload, labels: [String: String], isGone: Bool
    ) -> Set<WorkloadReference> {
        let reference = workload.reference
        guard !isGone else {
            workloads[reference] = nil
            remembered[reference] = nil
            for key in fronts.keys where fronts[key]?.led.contains(reference) == true {
                fronts[key]?.led.remove(reference)
                if fronts[key]?.isDeleted == true, fronts[key]?.led.isEmpty == true { fronts[key] = nil }
            }
            return [reference]
        }
        let isNew = workloads[reference]?.podLabels != labels
        workloads[reference] = Entry(workload: workload, podLabels: labels)
        if workload.desired > 0 { remembered[reference] = workload.desired }
        if isNew {
            for key in fronts.keys where key.namespace == reference.namespace {
                guard var front = fronts[key] else { continue }
                relink(&front, in: key.namespace)
                fronts[key] = front
            }
        }
        return [reference]
    }

    private mutating func relink(_ front: inout Front, in namespace: String) {
        guard !front.isDeleted else { return }
        let led = workloads.values.filter { $0.workload.reference.namespace == namespace && leads(front, $0) }
        // One that finds nothing any more still belongs to those it led to.
        if !led.isEmpty { front.led = Set(led.map(\.workload.reference)) }
    }

    private func leads(_ front: Front, _ entry: Entry) -> Bool {
        !front.selector.isEmpty && LabelSelector(matchLabels: front.selector).matches(entry.podLabels)
    }

    private static func leadsElsewhere(_ old: Service, _ new: Service) -> Bool {
        old.spec.selector != new.spec.selector || old.spec.ports != new.spec.ports
    }
}

extension Store.Change {
    var isDeletion: Bool {
        if case .deleted = self { true } else { false }
    }
}
