import Configuration

/// `cortex heal`.
struct HealCommand {
    private let arguments: ParsedArguments
    init(_ arguments: ParsedArguments) { self.arguments = arguments }
    func run() async -> Int32 { ExitCode.failure }
}
