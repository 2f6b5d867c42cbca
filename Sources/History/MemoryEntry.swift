public import FoundationEssentials

/// One remembered value.
public struct MemoryEntry: Sendable, Hashable {
    public var key: String
    /// JSON, as it was given.
    public var value: Data

    public init(key: String, value: Data) {
        self.key = key
        self.value = value
    }
}
