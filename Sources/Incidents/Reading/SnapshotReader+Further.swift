public import Diagnosis
public import Kubernetes

/// The second look: what the first one asks for, and no more.
extension SnapshotReader {
    /// Reads what the snapshot needs to be judged, its answer included; a refused read costs its finding only.
    /// - Throws: when a read got no answer.
    public func readFurther(into snapshot: inout Snapshot) async throws(APIError) {
        // What was read may name the target, and that may need more; it ends, since nothing is read twice.
        for _ in 0..<Self.maximumRounds {
            let needed = snapshot.neededReads
            guard !needed.isEmpty else { return }
            for read in needed.sorted(by: { $0.rawValue < $1.rawValue }) { try await take(read, into: &snapshot) }
        }
    }

    private static let maximumRounds = 3

    private func take(_ further: FurtherRead, into snapshot: inout Snapshot) async throws(APIError) {
        let space = snapshot.target.namespace
        snapshot.further.insert(further)
        switch further {
        case .claims: snapshot.claims = try snapshot.take(await read(PersistentVolumeClaim.self, space))
        case .networkPolicies: snapshot.networkPolicies = try snapshot.take(await read(NetworkPolicy.self, space))
        case .budgets: snapshot.budgets = try snapshot.take(await readBudgets(space))
        case .revisions:
            snapshot.controllerRevisions = try snapshot.take(await read(ControllerRevision.self, space))
        case .quotas: snapshot.quotas = try snapshot.take(await read(ResourceQuota.self, space))
        case .limitRanges: snapshot.limitRanges = try snapshot.take(await read(LimitRange.self, space))
        case .configMaps: snapshot.configMaps = try snapshot.take(await read(ConfigMap.self, space))
        case .memory: await readMemory(into: &snapshot)
        case .jobs:
            async let jobs = read(Job.self, space)
            async let crons = readEither(CronJob.self, space)
            snapshot.jobs = try snapshot.take(await jobs)
            snapshot.cronJobs = try snapshot.take(await crons)
        case .readyLogs:
            let read = Set(snapshot.logs.map(\.pod))
            let ready = Subject(snapshot).readyPods.filter { !read.contains($0.name) }
            await readLogs(of: FailingContainer.ofReady(ready), into: &snapshot)
        }
    }

    /// One list. Metrics are an addition to the cluster that may be missing, refused or down, and then the rest still
    /// tells: no error of theirs ends the look.
    private func readMemory(into snapshot: inout Snapshot) async {
        let outcome = await read(PodMetrics.self, snapshot.target.namespace)
        // What the kubelet says of the ends is known without them.
        if case .items(let metrics) = outcome { snapshot.noteMemory(metrics) } else { snapshot.noteMemory([]) }
        switch outcome {
        case .items: break
        case .absent: snapshot.memory.unavailable = "the cluster serves no metrics.k8s.io"
        case .refused(let note):
            snapshot.unread.append(note)
            snapshot.memory.unavailable = note.message
        case .unanswered(let error): snapshot.memory.unavailable = "\(error)"
        }
        snapshot.memory = usage?.add(snapshot.memory, of: snapshot) ?? snapshot.memory
    }

    /// Under v1beta1 a selector without content selects no pod, as one that is not there does; under v1 every one.
    /// Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/#poddisruptionbudget-v125
    private func readBudgets(_ namespace: String) async -> ReadOutcome<PodDisruptionBudget> {
        let first = await read(PodDisruptionBudget.self, namespace)
        guard case .absent = first else { return first }
        let older = await read(PodDisruptionBudget.self, namespace, version: "v1beta1")
        guard case .items(var budgets) = older else { return older }
        for index in budgets.indices where budgets[index].spec.selector?.isEmpty == true {
            budgets[index].spec.selector = nil
        }
        return .items(budgets)
    }

    /// A kind that became v1 in 1.21 and was v1beta1 before.
    private func readEither<Object: KubernetesObject>(
        _ type: Object.Type, _ namespace: String
    ) async -> ReadOutcome<Object> {
        let first = await read(type, namespace)
        if case .absent = first { return await read(type, namespace, version: "v1beta1") }
        return first
    }
}
