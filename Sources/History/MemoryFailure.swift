/// What is remembered could not be read or written.
public struct MemoryFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened, to which file, and what to do, for a person.
    public var message: String

    public init(message: String) { self.message = message }

    public var description: String { message }
}
