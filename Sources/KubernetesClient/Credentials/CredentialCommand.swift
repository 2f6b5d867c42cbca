/// Runs a credential plugin; `ChildProcess` in the product.
public typealias CommandRunner = @Sendable (CredentialCommand) async throws(CommandFailure) -> [UInt8]

/// One run of a credential plugin. No shell is involved.
public struct CredentialCommand: Sendable, Hashable {
    /// An absolute path, or one relative to the working directory.
    public var program: String
    public var arguments: [String]
    /// The whole environment.
    public var environment: [String: String]
    public var timeout: Duration
    public var maximumOutputBytes: Int
}

/// Why a plugin gave no output: it could not be started, failed, or ran too long.
public struct CommandFailure: Error, Hashable, Sendable {
    public var message: String

    public init(_ message: String) { self.message = message }
}
