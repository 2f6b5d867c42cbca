import Configuration

/// The commands with which people look after Cortex itself.
extension Commands {
    static let config = CommandSpec(
        "config", summary: "Print the effective configuration, and where each value comes from.",
        discussion: """
            A flag overrides the environment, which overrides the file, which overrides the default. With the flags that
            cortex serve is given it says what that would run with, and checks it.

            Exit codes: 0 valid, 2 not valid: one sentence says what is wrong.
            """,
        options: serve.options.filter { $0.short != "-o" } + [
            .init("--output", short: "-o", value: "FORMAT", help: "yaml (default: a file that gives the same) or json"),
            .init("--reference", help: "print docs/configuration.md instead: every setting there is"),
        ])

    static let doctor = CommandSpec(
        "doctor", summary: "Check everything that Cortex needs, and say what to do about what is missing.",
        discussion: """
            Looks at the configuration, its identity and rights (strategy by strategy), the API server, its version and
            clock, DNS, every tool server, and the storage. It changes nothing. With the flags and in the environment
            of cortex serve it says what that would find; in its pod:

              kubectl exec -n cortex deploy/cortex-orchestrator -- cortex doctor

            Exit codes: 0 nothing failed, 1 something did, 2 it could not look: the configuration is not valid, or no
            API server answers.
            """,
        options: serve.options.filter { $0.short != "-o" } + [
            .init("--output", short: "-o", value: "FORMAT", help: "json or text (default)")
        ])
}
