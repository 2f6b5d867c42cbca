import Configuration
import Testing

@Suite("The command line")
struct ParsedArgumentsTests {
    let command = CommandSpec(
        "heal", summary: "Heal a service.",
        arguments: [.init("SERVICE", help: "its name"), .init("ERROR", isRequired: false, help: "how it failed")],
        options: [
            .init("--namespace", short: "-n", value: "NS", help: "its namespace"),
            .init("--dry-run", help: "change nothing"),
        ])

    @Test("options may stand anywhere, as two words or as one, and after -- nothing is an option")
    func forms() throws {
        let parsed = try ParsedArguments(["-n", "a", "web", "--dry-run", "--", "-x"], for: command)
        #expect(parsed.options == ["--namespace": "a", "--dry-run": ""])
        #expect(parsed.positional == ["web", "-x"])
        #expect(try ParsedArguments(["--namespace=b=c", "web"], for: command).options == ["--namespace": "b=c"])
    }

    @Test(
        "a mistake is named, with what was probably meant",
        arguments: [
            (["web", "--namespce", "x"], "unknown option --namespce; did you mean --namespace?"),
            (["web", "-n"], "--namespace needs a value: --namespace NS"),
            (["web", "--dry-run=yes"], "--dry-run takes no value"), ([], "SERVICE is missing: its name"),
            (["a", "b", "c"], "unexpected argument “c”"),
        ])
    func mistakes(words: [String], message: String) {
        #expect(throws: UsageError(message, command.usage)) { try ParsedArguments(words, for: command) }
    }

    @Test("help asks for nothing else")
    func help() throws {
        #expect(try ParsedArguments(["--nonsense", "-h"], for: command).wantsHelp)
        #expect(command.help.contains("Usage: cortex heal SERVICE [ERROR] [options]"))
        #expect(command.help.contains("-n, --namespace NS"))
    }
}
