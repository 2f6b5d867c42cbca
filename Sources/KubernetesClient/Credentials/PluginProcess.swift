import Kubernetes
internal import Subprocess

/// Runs a credential plugin as a child process.
enum PluginProcess {
    /// How much of the plugin's own complaint is quoted.
    static let maximumComplaint = 400

    static let run: CommandRunner = { (command) async throws(CommandFailure) in
        let result: ChildResult
        do throws(ChildFailure) {
            result = try await ChildProcess.run(
                ChildRequest(
                    program: command.program, arguments: command.arguments, environment: command.environment,
                    timeout: command.timeout, maximumOutputBytes: command.maximumOutputBytes),
                onLine: { _ in })
        } catch {
            throw CommandFailure("cannot be started: \(error.message)")
        }
        if result.wasCancelled { throw CommandFailure("was cancelled") }
        if result.timedOut { throw CommandFailure("gave no answer within \(command.timeout.inWords)") }
        guard result.exitCode == 0 else {
            let complaint = String(decoding: result.standardError.prefix(maximumComplaint), as: UTF8.self)
            let how = result.exitCode.map { "ended with exit code \($0)" } ?? "was ended by a signal"
            throw CommandFailure(complaint.isEmpty ? how : "\(how): \(complaint)")
        }
        if result.isTruncated { throw CommandFailure("printed more than \(command.maximumOutputBytes) bytes") }
        return result.standardOutput
    }
}
