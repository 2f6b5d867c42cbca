import Subprocess

/// `openssl s_server` on a port of its choice; answers each request with a page. It ends with its last holder.
final class TLSServer: Sendable {
    private let port: Int
    /// Holds the files that the server reads.
    private let authority: TestAuthority
    private let task: Task<Void, any Error>

    init(_ authority: TestAuthority, _ arguments: [String] = []) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        self.authority = authority
        let folder = authority.folder
        let request = ChildRequest(
            program: "openssl",
            arguments: [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", "\(folder)/leaf.pem",
                "-key", "\(folder)/leaf.key", "-cert2", "\(folder)/leaf.pem", "-key2", "\(folder)/leaf.key",
                "-CAfile", "\(folder)/ca.pem",
            ] + arguments,
            timeout: .seconds(120))
        task = Task {
            defer { continuation.finish() }
            _ = try await ChildProcess.run(request) { line in
                // `ACCEPT 127.0.0.1:39171`
                guard line.hasPrefix("ACCEPT "), let port = line.split(separator: ":").last.flatMap({ Int($0) })
                else { return }
                continuation.yield(port)
            }
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            throw ChildFailure(message: "openssl s_server did not start")
        }
        self.port = port
    }

    deinit { task.cancel() }

    func url(host: String) -> String { "https://\(host):\(port)/" }
}
