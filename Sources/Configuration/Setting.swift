/// One thing that can be configured, and the three places it can be set in.
public struct Setting: Sendable {
    /// What its value may be.
    public enum Kind: Hashable, Sendable {
        case text
        /// The name of a namespace, or empty.
        case name
        /// Names of namespaces with commas between; a list in the file.
        case names(isEmptyAllowed: Bool)
        /// Any words with commas between; a list in the file.
        case words
        case truth
        /// `500ms`, `30s`, `2m`, `1h`, or a bare number of seconds.
        case duration(isZeroAllowed: Bool)
        /// A whole number above zero.
        case count
        case choice([String])
        /// `ADDRESS:PORT` or `:PORT`; empty for the default.
        case endpoint
    }

    /// The path in the configuration file, dots between: `healing.enabled`.
    public var key: String
    /// The environment variable.
    public var variable: String
    public var kind: Kind
    /// As text, as it would stand in the environment; empty for none.
    public var fallback: String
    public var help: String
    /// Whether a change in the file counts at once; else it does after a restart.
    public var isLive: Bool

    static func setting(
        _ key: String, _ variable: String, _ fallback: String, _ help: String, _ kind: Kind = .text,
        isLive: Bool = false
    ) -> Setting {
        Setting(key: key, variable: variable, kind: kind, fallback: fallback, help: help, isLive: isLive)
    }

    /// The setting of this key; nil when there is none.
    public static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

    /// Every setting. A flag overrides the environment, which overrides the file, which overrides the default.
    public static let all: [Setting] =
        [
            setting(
                "listen", "CORTEX_LISTEN", "",
                "address and port; port 8000 by default, on all addresses inside a cluster, else on loopback", .endpoint
            ),
            setting(
                "namespaces", "HEAL_NAMESPACES", "cortex-system", "namespaces that are healed, the first the default",
                .names(isEmptyAllowed: false)),
        ] + healing + timeouts + tools + http

    private static let healing: [Setting] = [
        setting(
            "healing.enabled", "HEALING_ENABLED", "true", "whether Cortex repairs, or only says what it would do",
            .truth, isLive: true),
        setting(
            "healing.worker", "SELF_HEAL_WORKER_PATH", defaultWorker,
            "the program that heals; any path but the default replaces Cortex's own healing"),
        setting(
            "healing.humanGrace", "CORTEX_HUMAN_GRACE", "30s",
            "how long a person's change of a template is left alone", .duration(isZeroAllowed: true), isLive: true),
        setting(
            "healing.logDirectory", "CORTEX_HEAL_LOG_DIR", "/tmp", "where each healing attempt leaves its log file"),
        setting(
            "healing.leaseNamespace", "CORTEX_LEASE_NAMESPACE", "",
            "where a workload under repair is leased, so that no other Cortex is at it; in a pod its own namespace, "
                + "else nowhere",
            .name),
        setting("watch.enabled", "WATCH_ENABLED", "true", "whether Cortex finds incidents before anybody asks", .truth),
        setting(
            "watch.namespaces", "WATCH_NAMESPACES", "",
            "namespaces that are watched too; by default they are diagnosed and not healed",
            .names(isEmptyAllowed: true)),
        setting(
            "watch.askEvery", "WATCH_ASK_EVERY", "20s",
            "how often tool servers that look fine are asked whether they answer; 0s for never",
            .duration(isZeroAllowed: true)),
        setting(
            "budget.workload", "HEAL_BUDGET_WORKLOAD", "30", "changes of one workload within an hour", .count,
            isLive: true),
        setting(
            "budget.namespace", "HEAL_BUDGET_NAMESPACE", "60", "changes in one namespace within an hour", .count,
            isLive: true),
        setting(
            "budget.cluster", "HEAL_BUDGET_CLUSTER", "120", "changes in the cluster within an hour", .count,
            isLive: true),
        setting(
            "healing.logMaximumAge", "CORTEX_HEAL_LOG_MAX_AGE", "168h",
            "how long the log file of a healing is kept; at most 20 of one service are", .duration(isZeroAllowed: false)
        ),
        setting(
            "healing.logMaximumBytes", "CORTEX_HEAL_LOG_MAX_BYTES", "33554432",
            "what the log files of all healings may take together; the oldest go first", .count),
    ]

    private static let timeouts: [Setting] = [
        setting(
            "timeouts.worker", "CORTEX_WORKER_TIMEOUT", "120s", "for one healing, from its start to its end",
            .duration(isZeroAllowed: false), isLive: true),
        setting(
            "timeouts.rollout", "CORTEX_ROLLOUT_TIMEOUT", "60s", "for a rollout to become ready",
            .duration(isZeroAllowed: false), isLive: true),
        setting(
            "timeouts.probe", "CORTEX_PROBE_TIMEOUT", "30s", "for the service's answer that proves a healing",
            .duration(isZeroAllowed: false), isLive: true),
        setting(
            "timeouts.toolCall", "CORTEX_TOOL_CALL_TIMEOUT", "60s",
            "for one call of a tool, and at most for a list of them",
            .duration(isZeroAllowed: false)),
        setting(
            "timeouts.httpHeader", "CORTEX_HTTP_HEADER_TIMEOUT", "10s", "for a request's head to arrive",
            .duration(isZeroAllowed: false)),
        setting(
            "timeouts.httpBody", "CORTEX_HTTP_BODY_TIMEOUT", "30s", "for a request's body to arrive",
            .duration(isZeroAllowed: false)),
        setting(
            "timeouts.httpIdle", "CORTEX_HTTP_IDLE_TIMEOUT", "60s", "between two requests of one connection",
            .duration(isZeroAllowed: false)),
        setting(
            "timeouts.httpWrite", "CORTEX_HTTP_WRITE_TIMEOUT", "30s", "for a client that takes nothing of its answer",
            .duration(isZeroAllowed: false)),
    ]

    private static let tools: [Setting] = [
        setting(
            "toolServers.reach", "CORTEX_REACH", "auto", "how tool servers are reached",
            .choice(["auto", "dns", "cluster-ip", "api-proxy"])),
        setting(
            "cors.origins", "CORTEX_CORS_ORIGINS", "", "origins whose pages may call the API, or `*`; none by default",
            .words),
        setting(
            "data.directory", "CORTEX_DATA_DIR", "",
            "where Cortex remembers across restarts (SQLite); in memory only when empty"),
        setting(
            "log.level", "CORTEX_LOG_LEVEL", "info", "the least that is logged",
            .choice(["debug", "info", "warning", "error"]), isLive: true),
        setting(
            "log.format", "CORTEX_LOG_FORMAT", "text", "one line an event, for people or for programs",
            .choice(["text", "json"])),
    ]

    private static let http: [Setting] = [
        setting("http.maximumConnections", "CORTEX_MAX_CONNECTIONS", "12000", "connections at one time", .count),
        setting(
            "http.maximumConnectionsPerAddress", "CORTEX_MAX_CONNECTIONS_PER_ADDRESS", "12000",
            "connections at one time from one address; lower it where no proxy stands in front", .count),
        setting("http.maximumBodyBytes", "CORTEX_MAX_BODY_BYTES", "1048576", "the longest request body", .count),
        setting("http.maximumHeaderBytes", "CORTEX_MAX_HEADER_BYTES", "16384", "the longest request head", .count),
        setting("http.maximumStreams", "CORTEX_MAX_STREAMS", "12000", "event streams at one time", .count),
        setting(
            "http.maximumStreamQueueBytes", "CORTEX_MAX_STREAM_QUEUE_BYTES", "1048576",
            "what may wait for a slow reader of a stream, who is dropped beyond it; an answer takes up to 512 KiB",
            .count),
        setting(
            "http.drain", "CORTEX_DRAIN", "0s",
            "how long requests are still taken after SIGTERM, until a load balancer has noticed; in a cluster 5 s",
            .duration(isZeroAllowed: true)),
        setting(
            "http.heartbeat", "CORTEX_HEARTBEAT", "15s", "a comment on silent streams, so that proxies keep them",
            .duration(isZeroAllowed: false)),
    ]

    /// Cortex's own worker in the image; naming it, or nothing, means that Cortex heals in its own process.
    public static let defaultWorker = "/app/scripts/self-heal-worker.sh"
}
