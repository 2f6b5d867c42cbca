import Configuration

/// What every command that talks to a cluster takes.
let clusterOptions: [CommandSpec.Option] = [
    .init("--kubeconfig", value: "FILE", help: "the kubeconfig; default: $KUBECONFIG, then ~/.kube/config"),
    .init("--context", value: "NAME", help: "the kubeconfig's context; default: its current one"),
    .init(
        "--namespace", short: "-n", value: "NS", key: "namespaces",
        help: "the namespace that is healed (default cortex-system); several with commas, the first is the default"),
    .init(
        "--config", value: "FILE",
        help: "a configuration file (YAML); default: $CORTEX_CONFIG, /etc/cortex/config.yaml"),
    .init("--log-level", value: "LEVEL", key: "log.level", help: "debug, info, warning or error"),
    .init("--log-format", value: "FORMAT", key: "log.format", help: "text (default) or json, one line an event"),
]

private let healingOptions: [CommandSpec.Option] = [
    .init(
        "--human-grace", value: "TIME", key: "healing.humanGrace",
        help: "how long a person's change of a template is left alone (default 30s)"),
    .init("--data-dir", value: "DIR", key: "data.directory", help: "where Cortex remembers across restarts"),
    .init("--reach", value: "HOW", key: "toolServers.reach", help: "auto, dns, cluster-ip or api-proxy"),
]

/// The program's commands as people see them.
enum Commands {
    static let serve = CommandSpec(
        "serve", summary: "Answer requests with the cluster's tool servers, and heal those that are down.",
        discussion: """
            Ask it something:
              curl -N -X POST http://127.0.0.1:8000/api/tasks -H "Content-Type: application/json" \\
                   -d '{"query": "list sandfly hosts"}'

            Every setting of the configuration file has an environment variable; a flag overrides both.
            SIGTERM and SIGINT end it: open streams get a last event, requests in flight are finished.
            """,
        options: clusterOptions + [
            .init(
                "--listen", value: "ADDRESS:PORT", key: "listen",
                help: "default: port 8000, on all addresses inside a cluster and on loopback outside one"),
            .init(
                "--watch", value: "BOOL", key: "watch.enabled",
                help: "find incidents before anybody asks (default true)"),
        ] + healingOptions)

    static let heal = CommandSpec(
        "heal", summary: "Heal one service and prove it: the worker that serve, or anything else, can call.",
        discussion: """
            Prints PROGRESS: lines and log lines while it works, and as its last line one line of JSON: success,
            diagnosis, fix_applied or fix_attempted, timestamp, and recommendation when it failed.

            Exit codes: 0 the service is proven to answer, 1 it is not, 2 the command line is wrong.
            """,
        arguments: [
            .init("SERVICE", help: "the name of the service"),
            .init("ERROR", isRequired: false, help: "how the call of it failed"),
            .init("URL", isRequired: false, help: "where it was called"),
        ],
        options: clusterOptions + [
            .init("--dry-run", help: "say what would be done and change nothing"),
            .init(
                "--output", short: "-o", value: "FORMAT", choices: ["json", "text"],
                help: "json (only the last line) or text (default)"),
        ] + healingOptions)

    static let diagnose = CommandSpec(
        "diagnose", summary: "Say what is wrong with a service, a workload or everything, and change nothing.",
        discussion: """
              cortex diagnose sandfly-mcp-server -n cortex-system
              cortex diagnose -A -o json

            Exit codes: 0 healthy, 1 something was found, 2 Cortex could not look.
            """,
        arguments: [
            .init("TARGET", isRequired: false, help: "NAME of a Service or workload, or KIND/NAME (deployment/web)")
        ],
        options: clusterOptions + [
            .init("--all-namespaces", short: "-A", help: "every workload that may be seen, the worst first"),
            .init(
                "--output", short: "-o", value: "FORMAT", choices: ["json", "yaml", "text"],
                help: "json, yaml or text (default)"),
        ] + healingOptions)

    static let strategies = CommandSpec(
        "strategies", summary: "Print what Cortex may do, for which causes, and under which conditions.",
        discussion: "It needs no cluster. docs/strategies.md shows the same.",
        options: [
            .init(
                "--output", short: "-o", value: "FORMAT", choices: ["json", "yaml", "text"],
                help: "json, yaml or text (default)")
        ])

    static let rbac = CommandSpec(
        "rbac", summary: "Print the least rights that a configuration needs, for kubectl apply.",
        discussion: """
            Strategies: scale, rollback, restart, replace, memory, repair; none for a Cortex that only
            looks and advises.

              cortex rbac --strategies scale,repair --namespaces cortex-system,tools | kubectl apply -f -
            """,
        options: [
            .init(
                "--strategies", value: "LIST",
                help: "what it may do, with commas (default: all, or none where healing is switched off)"),
            .init(
                "--namespaces", short: "-n", value: "LIST", key: "namespaces",
                help: "the namespaces that are healed, with commas (default cortex-system)"),
            .init(
                "--watch-namespaces", value: "LIST", key: "watch.namespaces",
                help: "namespaces that are only watched, with commas: rights to look at them"),
            .init("--own-namespace", value: "NS", help: "where Cortex runs (default cortex)"),
            .init("--service-account", value: "NAME", help: "its service account (default cortex-api)"),
            .init("--outside", help: "tool servers are reached through the API server, from outside of the cluster"),
            .init("--worker-program", help: "a worker of your own heals, with kubectl"),
            .init("--config", value: "FILE", help: "a configuration file (YAML) whose settings count"),
            .init("--output", short: "-o", value: "FORMAT", choices: ["yaml", "json"], help: "yaml (default) or json"),
        ])

    static let version = CommandSpec("version", summary: "Print the version.")

    static let all = [
        serve, heal, diagnose, incidents, explain, strategies, doctor, config, rbac, demo, simulate, cluster,
        completion,
        man,
        version,
    ]

    static let overview = """
        Cortex heals the services of a Kubernetes cluster, inside the request that needs them.

        Usage: cortex COMMAND [options]

        Commands:
        \(CommandSpec.columns(all.map { ($0.name, $0.summary) }))
        “cortex COMMAND --help” says more about one of them.
        """
}
