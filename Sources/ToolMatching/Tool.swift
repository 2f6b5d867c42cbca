public import JSON

/// A tool as its server describes it.
public struct Tool: Codable, Hashable, Sendable {
    /// The name of the server that offers it.
    public var server: String
    public var name: String
    public var title: String?
    public var description: String?
    /// A JSON Schema of kind object.
    public var inputSchema: JSONValue
    /// The server's hints (`readOnlyHint`, `idempotentHint`, …): claims of the server, not facts.
    public var annotations: JSONValue?

    public init(
        server: String, name: String, title: String? = nil, description: String? = nil,
        inputSchema: JSONValue = ["type": "object"], annotations: JSONValue? = nil
    ) {
        self.server = server
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.annotations = annotations
    }
}
