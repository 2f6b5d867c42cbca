import Configuration

/// The commands that need no cluster.
extension Commands {
    static let demo = CommandSpec(
        "demo", summary: "Run a simulated homelab with Cortex beside it; break it and ask for it.",
        discussion: """
            It needs no cluster. While it runs, from another terminal:
              cortex demo ask "list sandfly hosts"
              cortex demo break image-not-found proxmox-mcp-server
              cortex demo status
              cortex demo break oom-limit-cut --with memory=16Mi
            “cortex demo faults” lists the faults with their parameters and what holds without them; an
            outage with “seconds” ends by itself. Ctrl-C ends the demo and removes its files.

            Exit codes: 0 ended or done, 1 it cannot be done or something does not answer, 2 the command line is wrong.
            """,
        arguments: [
            .init(
                "ACTION", isRequired: false, choices: ["break", "ask", "status", "faults"],
                help: "break, ask or status, at a demo that runs; faults lists what break takes"),
            .init("WHAT", isRequired: false, help: "the fault, or the question"),
            .init("SERVICE", isRequired: false, help: "the service to break (default sandfly-mcp-server)"),
        ],
        options: [
            .init("--listen", value: "ADDRESS:PORT", key: "listen", help: "default 127.0.0.1:8000"),
            .init("--server", value: "URL", help: "the running demo (default http://127.0.0.1:8000)"),
            .init("--kubeconfig-out", value: "FILE", help: "where the cluster's kubeconfig is written"),
            .init(
                "--with", value: "NAME=VALUE", help: "parameters of the fault, with commas: log=out of space,code=3"),
            .init("--no-tour", help: "do not break and heal a tool server at the start"),
            .init(
                "--human-grace", value: "TIME", key: "healing.humanGrace",
                help: "how long a person's change of a template is left alone (default 3s)"),
            .init(
                "--heal-log-dir", value: "DIR", key: "healing.logDirectory",
                help: "where each healing leaves its log; they go with the demo"),
            .init(
                "--log-level", value: "LEVEL", key: "log.level", help: "debug, info, warning or error (default error)"),
        ])

    static let simulate = CommandSpec(
        "simulate", summary: "Try the healing engine on a simulated cluster, incident by incident, and judge it.",
        discussion: """
            The same seed gives the same run everywhere; a failure prints the command that replays it. -o json prints
            one document at the end, the same for the same options: settings, counts, failures and a digest.

            Exit codes: 0 no invariant was broken and nothing was harmed, 1 otherwise, 2 the command line is wrong.
            """,
        options: [
            .init("--seed", value: "N", help: "what chance begins with (default 1)"),
            .init("--hours", value: "H", help: "simulated hours a run (default 1)"),
            .init("--services", value: "S", help: "services of the cluster (default 20)"),
            .init("--replicas", value: "R", help: "replicas of each (default 2)"),
            .init("--faults", value: "LIST", help: "names with commas (“cortex demo faults”), or all (default)"),
            .init(
                "--api-faults", value: "LIST",
                help: "none (default), some, or kinds with their shares: 429=0.1,timeout-after=0.05,stale"),
            .init("--runs", value: "M", help: "so many runs, each with the next seed (default 1)"),
            .init("--keep-going", help: "do not stop at the first failure"),
            .init("--verbose", help: "a line for every incident (text only)"),
            .init(
                "--output", short: "-o", value: "FORMAT", choices: ["json", "text"],
                help: "json (one document) or text (default)"),
        ])
}
