import Configuration

/// `cortex man`: the manual page, as `man -l -` reads it.
struct ManCommand {
    static var page: String { ManPage.roff(for: Commands.all, version: VersionCommand.version) }

    func run() -> Int32 {
        Terminal.out(String(Self.page.dropLast()))
        return ExitCode.success
    }
}
