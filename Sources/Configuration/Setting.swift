/// One thing that can be configured, and the three places it can be set in.
public struct Setting: Sendable {
    /// The path in the configuration file, dots between: `healing.enabled`.
    public var key: String
    /// The environment variable.
    public var variable: String?
    /// As text, as it would stand in the environment; empty for none.
    public var fallback: String
    public var help: String

    static func setting(_ key: String, _ variable: String?, _ fallback: String, _ help: String) -> Setting {
        Setting(key: key, variable: variable, fallback: fallback, help: help)
    }

    /// Every setting. A flag overrides the environment, which overrides the file, which overrides the default.
    public static let all: [Setting] = [
        setting("listen", "CORTEX_LISTEN", "", "address and port; all addresses inside a cluster, else loopback"),
        setting(
            "namespaces", "HEAL_NAMESPACES", "cortex-system", "namespaces that are healed, the first the default"),
        setting("healing.enabled", "HEALING_ENABLED", "true", "whether Cortex repairs, or only says what it would do"),
        setting(
            "healing.worker", "SELF_HEAL_WORKER_PATH", defaultWorker,
            "the program that heals; any path but the default replaces Cortex's own healing"),
        setting(
            "healing.humanGrace", "CORTEX_HUMAN_GRACE", "30s",
            "how long a person's change of a template is left alone"),
        setting(
            "healing.logDirectory", "CORTEX_HEAL_LOG_DIR", "/tmp", "where each healing attempt leaves its log file"),
        setting("watch.enabled", "WATCH_ENABLED", "true", "whether Cortex finds incidents before anybody asks"),
        setting(
            "watch.namespaces", "WATCH_NAMESPACES", "", "namespaces that are watched too, and by default not healed"),
        setting("budget.workload", "HEAL_BUDGET_WORKLOAD", "30", "changes of one workload within an hour"),
        setting("budget.namespace", "HEAL_BUDGET_NAMESPACE", "60", "changes in one namespace within an hour"),
        setting("budget.cluster", "HEAL_BUDGET_CLUSTER", "120", "changes in the cluster within an hour"),
        setting("timeouts.worker", "CORTEX_WORKER_TIMEOUT", "120s", "for one healing, from its start to its end"),
        setting("timeouts.rollout", "CORTEX_ROLLOUT_TIMEOUT", "60s", "for a rollout to become ready"),
        setting("timeouts.probe", "CORTEX_PROBE_TIMEOUT", "30s", "for the service's answer that proves a healing"),
        setting("timeouts.toolCall", "CORTEX_TOOL_CALL_TIMEOUT", "60s", "for one call of a tool"),
        setting("toolServers.reach", "CORTEX_REACH", "auto", "auto, dns, cluster-ip or api-proxy"),
        setting(
            "cors.origins", "CORTEX_CORS_ORIGINS", "", "origins that browsers may call from, or *; none by default"),
        setting("data.directory", "CORTEX_DATA_DIR", "", "where Cortex remembers; in memory only when empty"),
        setting("log.level", "CORTEX_LOG_LEVEL", "info", "debug, info, warning or error"),
        setting("http.maximumConnections", "CORTEX_MAX_CONNECTIONS", "12000", "connections at one time"),
        setting(
            "http.maximumConnectionsPerAddress", "CORTEX_MAX_CONNECTIONS_PER_ADDRESS", "12000",
            "connections at one time from one address; lower it where no proxy stands in front"),
        setting("http.maximumBodyBytes", "CORTEX_MAX_BODY_BYTES", "1048576", "the longest request body"),
        setting("http.maximumHeaderBytes", "CORTEX_MAX_HEADER_BYTES", "16384", "the longest request head"),
        setting("http.maximumStreams", "CORTEX_MAX_STREAMS", "12000", "event streams at one time"),
        setting(
            "http.maximumStreamQueueBytes", "CORTEX_MAX_STREAM_QUEUE_BYTES", "1048576",
            "what may wait for a slow reader of a stream, who is dropped beyond it; an answer takes up to 512 KiB"
        ),
        setting("timeouts.httpHeader", "CORTEX_HTTP_HEADER_TIMEOUT", "10s", "for a request's head to arrive"),
        setting("timeouts.httpBody", "CORTEX_HTTP_BODY_TIMEOUT", "30s", "for a request's body to arrive"),
        setting("timeouts.httpIdle", "CORTEX_HTTP_IDLE_TIMEOUT", "60s", "between two requests of one connection"),
        setting(
            "timeouts.httpWrite", "CORTEX_HTTP_WRITE_TIMEOUT", "30s", "for a client that takes nothing of its answer"),
        setting("http.heartbeat", "CORTEX_HEARTBEAT", "15s", "a comment on silent streams, so that proxies keep them"),
    ]

    /// Cortex's own worker in the image; naming it, or nothing, means that Cortex heals in its own process.
    public static let defaultWorker = "/app/scripts/self-heal-worker.sh"
}
