/// The program could not be started; nothing of it ran.
public struct ChildFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened, for a person.
    public var message: String

    public init(message: String) { self.message = message }

    public var description: String { message }
}
