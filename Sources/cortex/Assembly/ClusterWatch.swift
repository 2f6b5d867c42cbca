import Diagnosis
import FoundationEssentials
import Healing
import Incidents
import Kubernetes
import KubernetesClient
import Logging
import Synchronization
import Web

/// What serve watches: Services, for the tool servers among them, Deployments and StatefulSets, for the replica counts
/// that a scale to zero would make everybody forget, and all that tells an incident before anybody asks.
final class ClusterWatch: ReplicaMemory {
    private struct State {
        /// Empty before the watching begins.
        var services: [Reflector<Service>] = []
        var counts: [WorkloadReference: Int] = [:]
        var served = ServedTemplates()
        /// As last seen, by namespace and name: one that is deleted stays.
        var lastServices: [String: Service] = [:]
        /// Changes of all that `knownServices` is made from.
        var changes = 0
        /// What it last was: every task asks for it.
        var known: (changes: Int, synced: Int, services: [Service])?
        var isChecking = false
        /// Nil before the first answer or failure.
        var isReachable: Bool?
        /// Why the API server does not answer; nil while it does.
        var trouble: String?
        /// Whether anybody is told of what fails, or only Services and counts are known.
        var findsIncidents = false
        /// The rights to watch that turned out to be missing, each told once.
        var missing: Set<MissingRule> = []
        /// The healed namespaces whose Services may not be listed, or that are not there, which looks the same.
        var closed: Set<String> = []
    }

    private static let part = "kubernetes"
    /// How long a question waits for the first list, which a program that just began may not have yet.
    private static let patience = Duration.seconds(10)
    /// How long from the start a question waits for it that could do without it.
    private static let moment = Duration.seconds(1)
    /// How long the lists of all kinds are waited for, once the Services are there.
    private static let firstLook = Duration.seconds(15)
    private static let checkInterval = Duration.seconds(1)

    private let beatInterval: Duration
    private let answerTime: Duration
    private let age: @Sendable () -> Duration
    private let namespaces: [String]
    private let stored: StoredReplicaMemory
    private let sightings: AsyncStream<Sighting>
    private let sight: AsyncStream<Sighting>.Continuation
    /// When the healed namespaces that may be read have been looked at for the first time.
    private let firstLists = Gate()
    private let readiness: Readiness
    private let log: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - stored: where counts outlive the program.
    ///   - beatInterval: between two questions to an API server that answers.
    ///   - answerTime: how long its answer may take; less than the patience of a task that is there from the start.
    ///   - age: how long ago the program began.
    init(
        namespaces: [String], stored: StoredReplicaMemory, readiness: Readiness, log: Logger,
        beatInterval: Duration = .seconds(10), answerTime: Duration = .seconds(6),
        age: @escaping @Sendable () -> Duration = ClusterWatch.stopwatch()
    ) {
        self.age = age
        self.beatInterval = beatInterval
        self.answerTime = answerTime
        self.namespaces = namespaces
        self.stored = stored
        // What is not stored in time is in memory all the same.
        (sightings, sight) = AsyncStream.makeStream(of: Sighting.self, bufferingPolicy: .bufferingNewest(20_000))
        self.readiness = readiness
        self.log = log
        readiness.isNotReady(Self.part, because: "the first look at the cluster is under way")
    }

    /// Watches until its task is cancelled.
    /// - Parameters:
    ///   - incidents: is told of everything that it needs to find incidents; nil where nobody wants to know.
    ///   - more: namespaces that are watched for incidents and not healed.
    func run(_ api: any ClusterAPI, incidents: IncidentWatch?, alsoWatching more: [String]) async {
        let failed: WatchFailed = { self.failed($0, $1, in: $2, api) }
        let services = namespaces.map { namespace in
            Reflector<Service>(
                api, namespace: namespace,
                onChange: { changes in
                    self.remember(changes)
                    incidents?.apply { $0.apply(changes) }
                }, onFailure: { failed($0, .services, namespace) })
        }
        let workloads = WorkloadReflectors(
            namespaces, api, remember: { self.remember($0) }, learn: { self.learn($0) }, incidents, failed)
        let others = incidents.map { incidents in
            more.map { WorkloadReflectors.everything(in: $0, api, learn: { self.learn($0) }, incidents, failed) }
        }
        let nodes = incidents.map { [WorkloadReflectors.nodes(api, $0, failed)] } ?? []
        state.withLock { state in
            state.services = services
            state.findsIncidents = incidents != nil
        }
        let all = services.map { Watching($0) } + workloads.all + (others ?? []).flatMap { $0 } + nodes
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.store() }
            group.addTask { await self.beat(api) }
            for reflector in all { group.addTask { await reflector.run() } }
            group.addTask {
                for reflector in services { await reflector.waitUntilSynced() }
                if !Task.isCancelled { self.reached() }
            }
            group.addTask {
                await self.firstLists.wait()
                // A kind that may not be listed is told by the look at what depends on it; the others are not to wait.
                await Self.within(Self.firstLook) { for reflector in all { await reflector.waitUntilSynced() } }
                if !Task.isCancelled { incidents?.begin() }
            }
        }
    }

    /// The Services as last seen; nil while nothing is known of them.
    func services() async -> [Service]? {
        if !firstLists.isOpen { await awaitFirstLists() }
        let synced = state.withLock { $0.services }.filter(\.hasSynced)
        return synced.isEmpty ? nil : synced.flatMap { $0.snapshot() }
    }

    /// The same, with those that were deleted while a workload is still there that they look to have led to: a tool
    /// server that lost its Service is one that fails, and not one that never was.
    func knownServices() async -> [Service] {
        let (changes, reflectors, known) = state.withLock { ($0.changes, $0.services, $0.known) }
        let synced = reflectors.count { $0.hasSynced }
        if let known, known.changes == changes, known.synced == synced, firstLists.isOpen { return known.services }
        let live = await services() ?? []
        let names = Set(live.map { "\($0.namespace)/\($0.name)" })
        return state.withLock { state in
            let workloads = Set(state.counts.keys.map { "\($0.namespace)/\($0.name)" })
            let missed = state.lastServices.filter { key, service in
                let led = (service.spec.selector ?? [:]).values.map { "\(service.namespace)/\($0)" }
                return !names.contains(key) && !workloads.isDisjoint(with: led + [key])
            }.values
            let services = live + missed
            state.known = (changes, synced, services)
            return services
        }
    }

    /// The time since it was made.
    static func stopwatch() -> @Sendable () -> Duration {
        let began = ContinuousClock.now
        return { began.duration(to: .now) }
    }

    /// Whether a first list would be waited for: the program is young, and the API server is away or slow.
    func isOutOfSight() async -> Bool {
        let moment = Self.moment - age()
        if moment > .zero, isWaited, trouble == nil { await Self.within(moment) { await self.awaitFirstLists() } }
        return isWaited
    }

    private var isWaited: Bool { !firstLists.isOpen && age() < Self.patience }

    func remembered(in namespace: String) async -> Remembered {
        let (services, served) = state.withLock { state in
            (state.lastServices.values.filter { $0.namespace == namespace }, state.served.hashes(in: namespace))
        }
        return Remembered(
            replicas: await counts(in: namespace), services: services, servedTemplates: served,
            startTimes: await stored.startTimes(in: namespace))
    }

    /// A watch that runs sees each count for as long as it lasts.
    func counts(in namespace: String) async -> [WorkloadReference: RememberedCount] {
        let (seen, now) = (state.withLock { $0.counts.filter { $0.key.namespace == namespace } }, Date())
        return await stored.counts(in: namespace).merging(seen.mapValues { RememberedCount($0, seenAt: now) }) { $1 }
    }

    /// Services that are deleted are what this memory is for; beyond so many of them new ones are not kept.
    private static let maximumServices = 5000

    private func remember(_ changes: [Store<Service>.Change]) {
        state.withLock { state in
            state.changes += 1
            for change in changes {
                let key = "\(change.object.namespace)/\(change.object.name)"
                if state.lastServices.count < Self.maximumServices || state.lastServices[key] != nil {
                    state.lastServices[key] = change.object
                }
            }
        }
    }

    private func store() async {
        for await sighting in sightings {
            switch sighting {
            case .start(let start): await stored.remember(start)
            case .replicas(let replicas):
                if let count = replicas.count {
                    await stored.remember(count, of: replicas.workload)
                } else {
                    await stored.forget(replicas.workload)
                }
            }
        }
    }

    /// Returns when the work has ended, which is cancelled when this time is over.
    private static func within(_ limit: Duration, _ work: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try? await Task.sleep(for: limit)  // cancelled when the work was faster
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits for the first lists as long as the program is young; later an API server that is away delays nobody.
    private func awaitFirstLists() async {
        let patience = Self.patience - age()
        guard patience > .zero else { return }
        await Self.within(patience) { await self.firstLists.wait() }
    }

    /// Pods that became ready for the first time, and those that were Ready until they were taken away.
    private func learn(_ changes: [Store<Pod>.Change]) {
        state.withLock { $0.served.note(changes) }
        for case .updated(let old, let new) in changes {
            if let start = PodStart(from: old, to: new) { sight.yield(.start(start)) }
        }
    }

    /// The counts of workloads as they are now.
    private func remember(_ seen: [ReplicaSighting]) {
        state.withLock { state in
            for sighting in seen {
                guard let count = sighting.count else {
                    state.counts[sighting.workload] = nil
                    state.changes += 1
                    sight.yield(.replicas(sighting))
                    continue
                }
                if count > 0, state.counts.updateValue(count, forKey: sighting.workload) != count {
                    state.changes += 1
                    sight.yield(.replicas(sighting))
                }
            }
        }
    }

    // MARK: - Whether the API server answers

    /// Why the cluster cannot be looked at; nil when it can, and before that is known.
    var trouble: String? { state.withLock { $0.trouble } }

    /// Whether the first look is over and the API server answers.
    var isLooking: Bool { state.withLock { $0.isReachable == true } }

    /// A watch that ends is nothing unusual, so the API server is asked whether it answers at all.
    private func failed(_ failure: WatchFailure, _ resource: Resource, in namespace: String?, _ api: any ClusterAPI) {
        log.debug("watching the cluster: \(failure)")
        if let rule = failure.missingRule(resource, in: namespace),
            state.withLock({ $0.missing.insert(rule).inserted })
        {
            log.warning(
                "\(rule.notice) Until then what happens to them is seen late, or not before a request needs it.")
        }
        if resource == .services, let namespace, failure.missingRule(resource, in: namespace) != nil {
            state.withLock { _ = $0.closed.insert(namespace) }
        }
        check(api)
    }

    /// Whether each healed namespace has been looked at, or may not be looked at: one whose rights are missing, or
    /// whose name is wrong, is told and keeps nobody from the others. One at least has been.
    private var hasLookedAround: Bool {
        state.withLock { state in
            state.services.contains(where: \.hasSynced)
                && zip(namespaces, state.services).allSatisfy { $1.hasSynced || state.closed.contains($0) }
        }
    }

    /// Over a connection that fell silent a watch looks like a quiet cluster for minutes, so the API server is asked
    /// although nothing failed.
    private func beat(_ api: any ClusterAPI) async {
        repeat { check(api) } while (try? await Task.sleep(for: beatInterval)) != nil  // throws when it is cancelled
    }

    /// Asks until there is an answer; one question at a time.
    private func check(_ api: any ClusterAPI) {
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
            if self.hasLookedAround { self.reached() }
        }
    }

    /// Why it does not answer, or not in time; nil when it does.
    private func refusal(of api: any ClusterAPI) async -> String? {
        let limit = answerTime
        return await withTaskGroup(of: String?.self) { group in
            group.addTask { await Self.refusal(of: api, in: self.namespaces) }
            group.addTask {
                try? await Task.sleep(for: limit)  // cancelled when the answer was faster
                return "the API server gives no answer within \(limit.components.seconds) s"
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? nil
        }
    }

    /// Nil when one of the namespaces may be read: without the others there is less to do, but something.
    private static func refusal(of api: any ClusterAPI, in namespaces: [String]) async -> String? {
        var reason: String?
        for namespace in namespaces {
            do throws(APIError) {
                _ = try await api.send(
                    APIRequest(.list, .services, namespace: namespace, query: [.init("limit", "1")]))
                return nil
            } catch {
                guard error.isForbidden else { return "\(error)" }
                if reason == nil { reason = "\(error)" }
            }
        }
        return reason
    }

    private func lost(because reason: String) {
        readiness.isNotReady(Self.part, because: reason)
        let isNew = state.withLock { state in
            state.trouble = reason
            defer { state.isReachable = false }
            return state.isReachable != false
        }
        if isNew { log.warning("The cluster cannot be watched: \(reason). Trying again until it can.") }
    }

    private func reached() {
        firstLists.open()
        readiness.isReady(Self.part)
        let (isNew, findsIncidents, open) = state.withLock { state in
            state.trouble = nil
            defer { state.isReachable = true }
            let open = zip(namespaces, state.services).filter { $1.hasSynced }.map(\.0)
            return (state.isReachable != true, state.findsIncidents, open)
        }
        guard isNew else { return }
        let place = open.joined(separator: ", ")
        log.info(
            findsIncidents
                ? "Watching \(place)." : "Looking at \(place); incidents are opened by requests only (watch.enabled).")
    }
}
