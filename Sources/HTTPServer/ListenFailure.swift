/// The server could not listen. The message says where, why, and what to do.
public struct ListenFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        case portInUse, notPermitted, unknownAddress, alreadyStarted
        /// Any other answer of the system, as errno.
        case system(Int32)
    }
    public let reason: Reason
    public let message: String
    public var description: String { message }

    public init(reason: Reason, message: String) {
        self.reason = reason
        self.message = message
    }
}
