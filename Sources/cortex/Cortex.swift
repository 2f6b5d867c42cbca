import ClusterServer
import Configuration
import FoundationEssentials
import Glibc

/// The program: picks the command and ends with its exit code.
@main
struct Cortex {
    static func main() {
        Signals.block()
        let name = CommandLine.arguments.dropFirst().first
        if [Commands.cluster.name, Commands.demo.name].contains(name) { ClusterServer.useOneHeap() }
        // Not exit(): libraries that tidy up at exit must not do so under threads that still use them.
        Task.detached { _exit(exitCode(after: await run(Array(CommandLine.arguments.dropFirst())))) }
        Signals.deliver()
    }

    /// A manifest that is written in part is no success.
    private static func exitCode(after code: Int32) -> Int32 {
        guard code == ExitCode.success, let lost = Terminal.lost else { return code }
        Terminal.error("cortex: the output could not be written: \(lost)")
        return ExitCode.failure
    }

    private static func run(_ words: [String]) async -> Int32 {
        guard let name = words.first, name != "--help", name != "-h" else {
            Terminal.out(Commands.overview)
            return words.isEmpty ? ExitCode.usage : ExitCode.success
        }
        if name == "help", words.count == 1 {
            Terminal.out(Commands.overview)
            return ExitCode.success
        }
        let wanted = name == "help" ? words[1] : name == "--version" ? "version" : name
        guard let command = Commands.all.first(where: { $0.name == wanted }) else {
            Terminal.error("cortex: unknown command “\(wanted)”; “cortex help” lists the commands")
            return ExitCode.usage
        }
        if name == "help" {
            Terminal.out(command.help)
            return ExitCode.success
        }
        do {
            let arguments = try ParsedArguments(Array(words.dropFirst()), for: command)
            if arguments.wantsHelp {
                Terminal.out(command.help)
                return ExitCode.success
            }
            return await run(command, arguments)
        } catch {
            Terminal.error("cortex \(command.name): \(error)")
            return ExitCode.usage
        }
    }

    private static func run(_ command: CommandSpec, _ arguments: ParsedArguments) async -> Int32 {
        switch command.name {
        case Commands.serve.name: await ServeCommand(arguments).run()
        case Commands.heal.name: await HealCommand(arguments).run()
        case Commands.diagnose.name: await DiagnoseCommand(arguments).run()
        case Commands.incidents.name: await IncidentsCommand(arguments).run()
        case Commands.doctor.name: await DoctorCommand(arguments).run()
        case Commands.explain.name: ExplainCommand(arguments).run()
        case Commands.completion.name: CompletionCommand(arguments).run()
        case Commands.man.name: ManCommand().run()
        case Commands.config.name: ConfigCommand(arguments).run()
        case Commands.strategies.name: StrategiesCommand(arguments).run()
        case Commands.rbac.name: AccessCommand(arguments).run()
        case Commands.demo.name: await DemoCommand(arguments).run()
        case Commands.cluster.name: await ClusterCommand(arguments).run()
        case Commands.simulate.name: SimulateCommand(arguments).run()
        default: VersionCommand().run()
        }
    }
}

/// The program's exit codes. `diagnose` gives 1 its own meaning: something was found.
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2
}
