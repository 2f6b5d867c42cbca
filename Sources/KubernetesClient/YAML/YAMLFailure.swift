/// Why a text is not YAML that Cortex reads, and where. Lines and columns count from 1.
public struct YAMLFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var line: Int
    public var column: Int
    public var message: String

    public init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// `line 3, column 7: found a tab where an indentation space is expected`.
    public var description: String { "line \(line), column \(column): \(message)" }
}
