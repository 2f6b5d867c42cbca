/// `cortex version`.
struct VersionCommand {
    static let version = "0.1.0"

    func run() -> Int32 {
        Terminal.out("cortex \(Self.version)")
        return ExitCode.success
    }
}
