import Incidents
import Kubernetes
import KubernetesClient
import Logging
import Synchronization
import Web

/// What serve watches of the healed namespaces: Services, for the tool servers among them, and Deployments, for the
/// replica counts that a scale to zero would make everybody forget.
final class ClusterWatch: ReplicaMemory {
    private struct State {
        var services: [Reflector<Service>] = []
        var deployments: [Reflector<Deployment>] = []
        var counts: [WorkloadReference: Int] = [:]
        var isChecking = false
        /// Nil before the first answer or failure.
        var isReachable: Bool?
    }

    private static let part = "kubernetes"
    /// How long a question waits for the first list, which a program that just began may not have yet.
    private static let patience = Duration.seconds(3)
    private static let checkInterval = Duration.seconds(1)

    /// A count as it is now; nil for a Deployment that is gone.
    private struct Sighting: Sendable {
        var workload: WorkloadReference
        var count: Int?
    }

    private let startedAt = ContinuousClock.now
    private let namespaces: [String]
    private let stored: StoredReplicaMemory
    private let sightings: AsyncStream<Sighting>
    private let sight: AsyncStream<Sighting>.Continuation
    private let readiness: Readiness
    private let log: Logger
    private let state = Mutex(State())

    /// - Parameter stored: where counts outlive the program.
    init(namespaces: [String], stored: StoredReplicaMemory, readiness: Readiness, log: Logger) {
        self.namespaces = namespaces
        self.stored = stored
        // What is not stored in time is in memory all the same.
        (sightings, sight) = AsyncStream.makeStream(of: Sighting.self, bufferingPolicy: .bufferingNewest(20_000))
        self.readiness = readiness
        self.log = log
        readiness.isNotReady(Self.part, because: "the first look at the cluster is under way")
    }

    /// Watches until its task is cancelled.
    func run(_ api: any ClusterAPI) async {
        let services = namespaces.map { namespace in
            Reflector<Service>(api, namespace: namespace, onFailure: { self.failed($0, api) })
        }
        let deployments = namespaces.map { namespace in
            Reflector<Deployment>(
                api, namespace: namespace, onChange: { self.remember($0) }, onFailure: { self.failed($0, api) })
        }
        state.withLock {
            $0.services = services
            $0.deployments = deployments
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.store() }
            for reflector in services { group.addTask { await reflector.run() } }
            for reflector in deployments { group.addTask { await reflector.run() } }
            group.addTask {
                for reflector in services { await reflector.waitUntilSynced() }
                if !Task.isCancelled { self.reached() }
            }
        }
    }

    /// The Services as last seen; nil while nothing is known of them.
    func services() async -> [Service]? {
        var reflectors = state.withLock { $0.services }
        // The first question may come before the watch has begun.
        while reflectors.isEmpty, startedAt.duration(to: .now) < Self.patience,
            (try? await Task.sleep(for: .milliseconds(5))) != nil  // throws when it is cancelled
        {
            reflectors = state.withLock { $0.services }
        }
        if reflectors.contains(where: { !$0.hasSynced }) { await firstLists(of: reflectors) }
        let synced = reflectors.filter(\.hasSynced)
        return synced.isEmpty ? nil : synced.flatMap { $0.snapshot() }
    }

    func counts(in namespace: String) async -> [WorkloadReference: Int] {
        let seen = state.withLock { $0.counts.filter { $0.key.namespace == namespace } }
        return await stored.counts(in: namespace).merging(seen) { _, seen in seen }
    }

    private func store() async {
        for await sighting in sightings {
            if let count = sighting.count {
                await stored.remember(count, of: sighting.workload)
            } else {
                await stored.forget(sighting.workload)
            }
        }
    }

    /// Waits for the first lists as long as the program is young; later an API server that is away delays nobody.
    private func firstLists(of reflectors: [Reflector<Service>]) async {
        let patience = Self.patience - startedAt.duration(to: .now)
        guard patience > .zero else { return }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for reflector in reflectors { await reflector.waitUntilSynced() }
                return true
            }
            group.addTask {
                try? await Task.sleep(for: patience)  // cancelled when the lists were there before
                return false
            }
            _ = await group.next()
            group.cancelAll()
        }
    }

    private func remember(_ changes: [Store<Deployment>.Change]) {
        state.withLock { state in
            for change in changes {
                let deployment = change.object
                let workload = WorkloadReference(
                    kind: .deployment, namespace: deployment.namespace, name: deployment.name)
                let replicas = deployment.spec.replicas ?? 1
                if case .deleted = change {
                    state.counts[workload] = nil
                    sight.yield(Sighting(workload: workload, count: nil))
                } else if replicas > 0, state.counts.updateValue(replicas, forKey: workload) != replicas {
                    sight.yield(Sighting(workload: workload, count: replicas))
                }
            }
        }
    }

    /// A watch that ends is nothing unusual, so the API server is asked whether it answers at all, until it does.
    private func failed(_ failure: WatchFailure, _ api: any ClusterAPI) {
        log.debug("watching the cluster: \(failure)")
        let isFirst = state.withLock { state in
            defer { state.isChecking = true }
            return !state.isChecking
        }
        guard isFirst else { return }
        Task {
            while let reason = await self.refusal(of: api) {
                self.lost(because: reason)
                try? await Task.sleep(for: Self.checkInterval)  // never cancelled: it ends with the program at last
            }
            self.state.withLock { $0.isChecking = false }
            if self.state.withLock({ $0.services.allSatisfy(\.hasSynced) }) { self.reached() }
        }
    }

    private func refusal(of api: any ClusterAPI) async -> String? {
        let request = APIRequest(.list, .services, namespace: namespaces.first, query: [.init("limit", "1")])
        do throws(APIError) {
            _ = try await api.send(request)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func lost(because reason: String) {
        readiness.isNotReady(Self.part, because: reason)
        let isNew = state.withLock { state in
            defer { state.isReachable = false }
            return state.isReachable != false
        }
        if isNew { log.warning("The cluster cannot be watched: \(reason). Trying again until it can.") }
    }

    private func reached() {
        readiness.isReady(Self.part)
        let isNew = state.withLock { state in
            defer { state.isReachable = true }
            return state.isReachable != true
        }
        if isNew { log.info("Watching \(namespaces.joined(separator: ", ")).") }
    }
}
