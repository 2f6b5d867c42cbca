import Configuration
import Diagnosis
import FoundationEssentials
import Healing
import HTTPServer
import History
import Incidents
import Kubernetes
import KubernetesClient
import Logging
import Tasks
import ToolServers
import Web

/// Everything that `cortex serve` runs, put together: cluster, tasks, API, HTTP server.
struct ServeAssembly: Sendable {
    let cluster: ClusterAssembly
    let watch: ClusterWatch
    let tasks: TaskService
    let streams: EventStreams
    /// Everything that happens, for `GET /api/events`.
    let feed: EventFeed
    /// Nil where incidents are only opened by requests.
    let incidents: IncidentWatch?
    let metrics: Metrics
    let readiness: Readiness
    let server: HTTPServer
    let log: Logger
    private let configuration: Configuration
    private let live: LiveConfiguration
    private let reload: ConfigurationReload

    /// - Parameter extending: what is served beside the API itself.
    /// - Throws: `ProgramFailure` with the one sentence to show.
    init(
        _ settings: ProgramSettings, startedAt start: ContinuousClock.Instant,
        extending: (any HTTPHandler) -> any HTTPHandler = { $0 }
    ) throws(ProgramFailure) {
        configuration = settings.configuration
        let live = LiveConfiguration(settings.configuration)
        self.live = live
        log = Terminal.logger(component: "SERVE", configuration, to: Terminal.out)
        readiness = Readiness()
        metrics = Metrics()
        streams = EventStreams()
        feed = EventFeed(now: { Date() })
        let memory = try settings.memory()
        let replicas = StoredReplicaMemory(memory: memory, log: log)
        let watch = ClusterWatch(
            namespaces: configuration.namespaces, stored: replicas, readiness: readiness, log: log)
        self.watch = watch
        cluster = try ClusterAssembly(
            settings, logTo: Terminal.out, services: { await watch.services() },
            knownServices: { await watch.knownServices() }, isOutOfSight: { await watch.isOutOfSight() },
            toolMemory: StoredToolMemory(memory: memory, log: log), replicaMemory: watch,
            store: StoredIncidents(memory: memory, log: log), customWorker: configuration.customWorker,
            isHealingEnabled: { live.current.isHealingEnabled }, observers: [metrics, feed])
        incidents =
            configuration.isWatchEnabled
            ? IncidentWatch(
                cluster.desk, machine: Self.machine(configuration), seed: UInt64.random(in: .min ... .max)) : nil
        let observers = TaskObservers([metrics, feed])
        let flow = TaskFlow(
            tools: cluster.tools, healing: cluster.desk, isHealingEnabled: live.current.isHealingEnabled,
            observer: observers, clusterTrouble: { watch.trouble })
        tasks = TaskService(flow: flow, observer: observers, log: log, makeID: Self.newID)
        let statistics = ServerStatistics()
        let handler = APIHandler(
            tasks: tasks, streams: streams, incidents: cluster.desk.surroundings.incidents, feed: feed,
            metrics: metrics, readiness: readiness,
            cors: CORSPolicy(origins: configuration.corsOrigins),
            facts: ServiceFacts(
                version: VersionCommand.version, isHealingEnabled: live.current.isHealingEnabled,
                uptime: { start.duration(to: .now) }),
            statistics: statistics)
        server = HTTPServer(limits: Self.limits(configuration), handler: extending(handler))
        statistics.attach(server)
        reload = ConfigurationReload(settings, live: live, desk: cluster.desk, metrics: metrics, log: log)
    }

    /// Listens; everything that takes time goes on behind it.
    /// - Returns: where it listens, as a URL.
    func listen() throws(ListenFailure) -> String {
        let (addresses, port) = configuration.listen(insideCluster: cluster.client.configuration.isInCluster)
        var refused: ListenFailure?
        for address in addresses {
            do throws(ListenFailure) {
                let bound = try server.start(address: address, port: port)
                return "http://\(address.contains(":") ? "[\(address)]" : address):\(bound)"
            } catch {
                // A machine without IPv6 does not have `::`; any other failure would meet the next address too.
                guard error.reason == .unknownAddress else { throw error }
                refused = error
            }
        }
        throw refused ?? ListenFailure(reason: .unknownAddress, message: "There is no address to listen on.")
    }

    /// What goes on until the task is cancelled: watching the cluster, heartbeats, letting go of what is old.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchCluster() }
            group.addTask { await streams.beat(every: configuration.heartbeat) }
            group.addTask { await upkeep() }
            group.addTask { await reload.run() }
            group.addTask { await cluster.desk.tidyLogs(every: .seconds(600)) }
        }
    }

    /// Tells whoever asks that this process is going away; it still answers.
    func leave() { readiness.isNotReady("server", because: "Cortex is stopping") }

    /// Ends: no new connections and tasks, those in flight have `grace` to end.
    func stop(grace: Duration) async {
        leave()
        async let closed: Void = server.shutdown(grace: grace + .seconds(1))
        await tasks.stop(grace: grace)
        await closed
        cluster.shutdown()
    }

    private func upkeep() async {
        var rest = Rest()
        repeat {
            metrics.toolServersKnown(await cluster.tools.servers().count)
            if let counts = incidents?.counts { metrics.workloads(watched: counts.watched, failing: counts.failing) }
            tasks.sweep()
            // A cluster that is away is asked again and again, which needs little of the program.
            let hasLooked = watch.isLooking || watch.trouble != nil
            if rest.isTime(atRest: hasLooked && tasks.counts.running == 0) { ProgramPages.letGo() }
        } while (try? await Task.sleep(for: .seconds(5))) != nil  // throws only when it is cancelled
    }

    /// First what an earlier run left is closed, then the watching begins.
    private func watchCluster() async {
        let surroundings = cluster.desk.surroundings
        let recovery = IntentRecovery(
            api: cluster.client, ledger: surroundings.ledger, log: surroundings.log, now: surroundings.now)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await surroundings.incidents.load(await recovery.run(), now: surroundings.now())
                guard let incidents else { return }
                for namespace in configuration.namespaces {
                    incidents.recall(await watch.counts(in: namespace).mapValues(\.count))
                }
                await withDiscardingTaskGroup { group in
                    group.addTask { await incidents.run() }
                    group.addTask { await incidents.sampleMemory() }
                    guard configuration.askEvery > .zero else { return }
                    await incidents.ask(every: configuration.askEvery) {
                        await cluster.tools.servers().map {
                            IncidentWatch.Server(name: $0.name, namespace: $0.namespace)
                        }
                    }
                }
            }
            await watch.run(cluster.client, incidents: incidents, alsoWatching: configuration.watchedNamespaces)
        }
    }

    private static func machine(_ configuration: Configuration) -> SymptomMachine {
        var windows = SymptomReader.Windows()
        windows.zeroReplicas = Double(configuration.humanGrace.components.seconds)
        return SymptomMachine(reader: SymptomReader(windows: windows))
    }

    private static func limits(_ configuration: Configuration) -> HTTPLimits {
        var limits = HTTPLimits()
        limits.connections = configuration.maximumConnections
        limits.connectionsPerAddress = configuration.maximumConnectionsPerAddress
        limits.streams = configuration.maximumStreams
        limits.bodyBytes = configuration.maximumBodyBytes
        limits.headerBytes = configuration.maximumHeaderBytes
        limits.headerTime = configuration.headerTimeout
        limits.bodyTime = configuration.bodyTimeout
        limits.idleTime = configuration.idleTimeout
        limits.writeStallTime = configuration.writeTimeout
        limits.streamQueueBytes = configuration.maximumStreamQueueBytes
        return limits
    }

    @Sendable private static func newID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return "task-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
