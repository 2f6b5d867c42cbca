import Configuration

/// `cortex completion`: a script for the shell.
struct CompletionCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() -> Int32 {
        guard let shell = ShellCompletion(rawValue: arguments.positional[0]) else {
            let known = ShellCompletion.allCases.map(\.rawValue).joined(separator: ", ")
            Terminal.error("cortex completion: there is none for “\(arguments.positional[0])”, only for \(known)")
            return ExitCode.usage
        }
        Terminal.out(String(shell.script(for: Commands.all).dropLast()))
        return ExitCode.success
    }
}
