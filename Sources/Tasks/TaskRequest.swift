/// What a client asks for: one query, answered by one tool.
public struct TaskRequest: Hashable, Sendable {
    public var query: String
    /// The client's own id, so that a request sent twice is one task; nil lets Cortex choose one.
    public var id: String?

    public init(query: String, id: String? = nil) {
        self.query = query
        self.id = id
    }

    /// Whether an id is safe in a path, a log line and a header: 1 to 128 letters, digits and `. _ : -`, a letter or
    /// digit first.
    public static func isValid(id: String) -> Bool {
        let bytes = Array(id.utf8)
        guard (1...128).contains(bytes.count) else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        return isAlphanumeric(bytes[0]) && bytes.allSatisfy { isAlphanumeric($0) || ".:_-".utf8.contains($0) }
    }
}
