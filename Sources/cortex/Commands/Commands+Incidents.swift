import Configuration

extension Commands {
    static let incidents = CommandSpec(
        "incidents", summary: "Say what Cortex found and did: the incidents of a running serve.",
        discussion: """
            Without ID it lists them, the newest first; with ID it shows one: cause, findings, plan, every step with
            its time, before and after.

            Exit codes: 0 shown, 1 the server does not answer or has no such incident, 2 the command line is wrong.
            """,
        arguments: [.init("ID", isRequired: false, help: "the id of one incident")],
        options: [
            .init("--server", value: "URL", help: "where serve listens (default http://127.0.0.1:8000)"),
            .init("--watch", short: "-w", help: "go on and print what happens; of one incident until it is over"),
            .init("--state", value: "STATE", help: "open, waiting, healed, recovered, escalated, failed or unknown"),
            .init("--namespace", short: "-n", value: "NS", help: "only those of this namespace"),
            .init("--output", short: "-o", value: "FORMAT", choices: ["json", "text"], help: "json or text (default)"),
        ])
}
