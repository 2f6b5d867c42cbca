import FoundationEssentials
import Subprocess

/// A certificate authority of its own, and a certificate for `localhost` that it signed; made by the openssl command.
final class TestAuthority: Sendable {
    let folder: String
    let certificate: Data
    let leaf: Data
    let leafKey: Data

    static let isAvailable = ["/usr/bin", "/usr/local/bin", "/bin"].contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/openssl")
    }

    init() async throws {
        let number = UInt64.random(in: 0...UInt64.max)
        folder = "/tmp/http-client-\(number)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        try await Self.openssl(
            ["req", "-x509"] + key
                + ["-subj", "/CN=authority \(number)", "-keyout", "\(folder)/ca.key", "-out", "\(folder)/ca.pem"])
        try await Self.openssl(
            ["req", "-x509"] + key
                + [
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-addext", "basicConstraints=critical,CA:FALSE", "-CA", "\(folder)/ca.pem",
                    "-CAkey", "\(folder)/ca.key", "-keyout", "\(folder)/leaf.key", "-out", "\(folder)/leaf.pem",
                ])
        certificate = try Self.read("\(folder)/ca.pem")
        leaf = try Self.read("\(folder)/leaf.pem")
        leafKey = try Self.read("\(folder)/leaf.key")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)  // what stays is a few small files
    }

    private static func read(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    private static func openssl(_ arguments: [String]) async throws {
        let result = try await ChildProcess.run(
            ChildRequest(program: "openssl", arguments: arguments, timeout: .seconds(30)))
        guard result.exitCode == 0 else {
            throw ChildFailure(message: "openssl: \(String(decoding: result.standardError, as: UTF8.self))")
        }
    }
}
