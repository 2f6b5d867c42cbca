import Configuration
import FoundationEssentials
import Glibc
import Healing
import HTTPClient
import Incidents
import Kubernetes
import KubernetesClient
import Logging
import ToolServers

/// Everything that talks to one cluster, put together.
struct ClusterAssembly: Sendable {
    let transport: CurlTransport
    let client: KubernetesClient
    let tools: ToolServers
    let desk: IncidentDesk
    let log: Logger

    /// - Parameters:
    ///   - customWorker: a program that heals instead of Cortex; the worker command never takes one, or a worker that
    ///     calls it would call itself.
    ///   - store: where incidents and intents outlive the program; nil for nowhere.
    ///   - services: the Services of the healed namespaces where they are watched; else they are asked for.
    ///   - knownServices: these, and those that are missed.
    ///   - isOutOfSight: whether these would be waited for, and are not about to come.
    /// - Throws: `ProgramFailure` with the one sentence to show.
    init(
        _ settings: ProgramSettings, logTo sink: @escaping @Sendable (String) -> Void,
        services: (@Sendable () async -> [Service]?)? = nil,
        knownServices: (@Sendable () async -> [Service])? = nil,
        isOutOfSight: @escaping @Sendable () async -> Bool = { false },
        toolMemory: any ToolMemory = VolatileToolMemory(),
        replicaMemory: (any ReplicaMemory)? = nil, store: (any IncidentStore)? = nil, customWorker: String? = nil,
        isHealingEnabled: @escaping @Sendable () -> Bool = { true }, observers: [any IncidentObserving] = []
    ) throws(ProgramFailure) {
        let configuration = settings.configuration
        let cluster = try settings.cluster()
        let log = Terminal.logger(component: "HEAL", configuration, to: sink)
        let transport = CurlTransport(limits: Self.transportLimits)
        let client = KubernetesClient(
            configuration: cluster, transport: transport, options: ClientOptions(version: VersionCommand.version))
        let lister = ServiceLister(api: client, namespaces: configuration.namespaces)
        let services = services ?? { await lister.services() }
        let reach = ServiceReach(
            mode: ServiceReach.Mode(rawValue: configuration.reach) ?? .auto, isInCluster: cluster.isInCluster,
            transport: transport, services: services
        ) { service, namespace, port, path, request in
            try await client.proxied(service: service, namespace: namespace, port: port, path: path, request)
        }
        var limits = ToolLimits()
        limits.callTimeout = configuration.toolCallTimeout
        limits.probeTimeout = configuration.probeTimeout
        let directory = ToolServerDirectory(
            entries: configuration.toolServers.map { .init(name: $0.name, url: $0.url) },
            environment: settings.environment, defaultNamespace: configuration.defaultNamespace,
            services: knownServices ?? { await services() ?? [] }, isOutOfSight: isOutOfSight)
        let tools = ToolServers(
            directory: directory, transport: transport, reach: reach, toolMemory: toolMemory, limits: limits)
        let prober = ServiceProber(tools: tools, transport: transport, client: client)
        self.transport = transport
        self.client = client
        self.tools = tools
        self.log = log
        let discovery = Discovery(client)
        let leases = configuration.leaseNamespace(in: cluster).map { namespace in
            LeaseKeeper(api: client, namespace: namespace, process: Self.processName(), now: { Date() })
        }
        desk = IncidentDesk(
            .init(
                api: client, prober: prober, memory: replicaMemory,
                incidents: IncidentLog(store: store, observers: observers),
                ledger: HealingLedger(budget: ProgramSettings.budget(of: settings.configuration), store: store),
                leases: leases, observers: observers, log: log,
                now: { Date() }, newID: { String(UInt64.random(in: .min ... .max), radix: 16) },
                evictionVersion: { () async throws(APIError) in try await discovery.evictionVersion() ?? "v1" }),
            policy: settings.policy, customWorker: customWorker,
            logDirectory: configuration.healLogDirectory, isHealingEnabled: isHealingEnabled,
            retention: HealingLogRetention(
                maximumAge: configuration.healLogMaximumAge, maximumBytes: configuration.healLogMaximumBytes))
    }

    /// Each healing holds three watches open, and each namespace some more; reads, writes and calls through the API
    /// server are never to wait behind these.
    private static let transportLimits = TransportLimits(transfers: 2048, transfersPerHost: 1024)

    /// This process's and no other's: in a pod the pod's name, with what no process before it had.
    private static func processName() -> String {
        var name = [CChar](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        // Where there is none, what follows tells processes apart all the same.
        let length = gethostname(&name, name.count - 1) == 0 ? name.firstIndex(of: 0) ?? 0 : 0
        let host = String(decoding: name[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host)_\(String(UInt64.random(in: .min ... .max), radix: 16))"
    }

    func shutdown() { transport.shutdown() }
}
