import Configuration
import Diagnosis

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
            .init(
                "--output", short: "-o", value: "FORMAT", choices: ["yaml", "json"],
                help: "yaml (default: a file that gives the same) or json"),
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
            .init("--output", short: "-o", value: "FORMAT", choices: ["json", "text"], help: "json or text (default)")
        ])

    static let explain = CommandSpec(
        "explain", summary: "Say what a cause means, what Cortex does about it, and what to do by hand.",
        discussion: "Without a cause it lists them all.",
        arguments: [
            .init(
                "CAUSE", isRequired: false, choices: CauseID.allCases.map(\.rawValue),
                help: "a cause by its name: scaled-to-zero, image-not-found, …")
        ],
        options: [.init("--reference", help: "print the chapter of docs/operations.md instead: every cause")])

    static let completion = CommandSpec(
        "completion", summary: "Print the completion script for a shell.",
        discussion: """
            Load it now, or put the line into the shell's start-up file:

              source <(cortex completion bash)
              source <(cortex completion zsh)
              cortex completion fish | source
            """,
        arguments: [.init("SHELL", choices: ShellCompletion.allCases.map(\.rawValue), help: "bash, zsh or fish")])

    static let man = CommandSpec(
        "man", summary: "Print the manual page.", discussion: "Read it with:\n\n  cortex man | man -l -")
}
