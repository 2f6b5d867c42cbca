import Configuration

/// `cortex diagnose`.
struct DiagnoseCommand {
    private let arguments: ParsedArguments
    init(_ arguments: ParsedArguments) { self.arguments = arguments }
    func run() async -> Int32 { ExitCode.failure }
}
