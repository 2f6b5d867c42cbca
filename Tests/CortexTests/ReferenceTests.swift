import Configuration
import FoundationEssentials
import Subprocess
import Testing

@testable import cortex

@Suite("What the shell and man read")
struct ReferenceTests {
    /// Runs a program on a text in a file; nil when the program is not installed.
    private func check(_ program: String, _ arguments: [String], on text: String) async throws -> ChildResult? {
        let path = ["/usr/bin/\(program)", "/bin/\(program)"].first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let path else { return nil }
        let file = FileManager.default.temporaryDirectory.path + "/cortex-\(program)-\(UInt64.random(in: 0 ... .max))"
        try Data(text.utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }  // a leftover in the temporary directory
        return try await ChildProcess.run(
            ChildRequest(program: path, arguments: arguments + [file], timeout: .seconds(20))
        ) { _ in }
    }

    @Test("each shell takes its completion script", arguments: ShellCompletion.allCases)
    func syntax(shell: ShellCompletion) async throws {
        let script = shell.script(for: Commands.all)
        for command in Commands.all { #expect(script.contains(command.name)) }
        guard let result = try await check(shell.rawValue, ["-n"], on: script) else { return }
        #expect(result.exitCode == 0, "\(String(decoding: result.standardError, as: UTF8.self))")
    }

    @Test(
        "bash completes commands, options, the values of options, and arguments",
        arguments: [
            (["cortex", "doc"], "doctor"), (["cortex", "doctor", "--log-f"], "--log-format"),
            (["cortex", "serve", "--reach", "api"], "api-proxy"), (["cortex", "diagnose", "-o", "j"], "json"),
            (["cortex", "explain", "scaled"], "scaled-to-zero"), (["cortex", "help", "ser"], "serve"),
        ])
    func bash(words: [String], completed: String) async throws {
        let script =
            ShellCompletion.bash.script(for: Commands.all) + """

                COMP_WORDS=(\(words.joined(separator: " "))) COMP_CWORD=\(words.count - 1)
                _cortex
                [ "${COMPREPLY[*]}" = \(completed) ] || { echo "${COMPREPLY[*]}" >&2; exit 1; }
                """
        guard let result = try await check("bash", [], on: script) else { return }
        #expect(result.exitCode == 0, "\(String(decoding: result.standardError, as: UTF8.self))")
    }

    @Test("zsh takes it also before its completion was begun, as the manual says: source <(cortex completion zsh)")
    func zsh() async throws {
        let script = ShellCompletion.zsh.script(for: Commands.all) + "\n[[ ${_comps[cortex]} == _cortex ]]\n"
        guard let result = try await check("zsh", ["-f"], on: script) else { return }
        #expect(result.exitCode == 0, "\(String(decoding: result.standardError, as: UTF8.self))")
        #expect(!String(decoding: result.standardError, as: UTF8.self).contains("not found"))
    }

    @Test("groff sets the manual page without a warning, and it names every command, option and variable")
    func manual() async throws {
        let page = ManCommand.page
        for command in Commands.all {
            #expect(page.contains(".SS \"\(command.name)"))
            for option in command.options {
                #expect(page.contains("\\fB\(option.name.replacing("-", with: "\\-"))\\fR"), "\(option.name)")
            }
        }
        for setting in Setting.all { #expect(page.contains("\\fB\(setting.variable)\\fR")) }
        guard let result = try await check("groff", ["-man", "-Tutf8", "-k", "-ww", "-z"], on: page) else { return }
        #expect(result.exitCode == 0)
        #expect(result.standardError.isEmpty, "\(String(decoding: result.standardError, as: UTF8.self))")
    }

    @Test("docs/cortex.1 is the page; scripts/docs writes it")
    func drift() throws {
        // Tests/CortexTests/ReferenceTests.swift is three levels down.
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let file = try #require(FileManager.default.contents(atPath: root + "/docs/cortex.1"))
        #expect(String(decoding: file, as: UTF8.self) == ManCommand.page)
    }
}
