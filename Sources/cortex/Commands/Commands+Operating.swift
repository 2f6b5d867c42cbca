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
}
