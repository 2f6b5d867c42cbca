import Configuration

/// The commands that need no cluster.
extension Commands {
    static let simulate = CommandSpec(
        "simulate", summary: "Try the healing engine on a simulated cluster, incident by incident, and judge it.",
        discussion: """
            The same seed gives the same run everywhere; a failure prints the command that replays it.

            Exit codes: 0 no invariant was broken and nothing was harmed, 1 otherwise, 2 the command line is wrong.
            """,
        options: [
            .init("--seed", value: "N", help: "what chance begins with (default 1)"),
            .init("--hours", value: "H", help: "simulated hours a run (default 1)"),
            .init("--services", value: "S", help: "services of the cluster (default 20)"),
            .init("--replicas", value: "R", help: "replicas of each (default 2)"),
            .init("--faults", value: "LIST", help: "names of the fault catalogue with commas, or all (default)"),
            .init(
                "--api-faults", value: "LIST",
                help: "none (default), some, or kinds with their shares: 429=0.1,timeout-after=0.05,stale"),
            .init("--runs", value: "M", help: "so many runs, each with the next seed (default 1)"),
            .init("--keep-going", help: "do not stop at the first failure"),
            .init("--verbose", help: "a line for every incident"),
        ])
}
