/// Why there is no usable cluster configuration: one sentence that names the file, the field and what is wrong.
public struct ConfigurationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
