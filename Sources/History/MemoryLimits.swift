/// How much is remembered.
public struct MemoryLimits: Sendable, Hashable {
    /// Values of one kind; beyond it the one that was remembered longest ago is dropped and counted. Default 10,000.
    public var valuesPerKind: Int
    /// A longer value is refused. Default 1 MiB.
    public var valueBytes: Int

    public init(valuesPerKind: Int = 10_000, valueBytes: Int = 1 << 20) {
        self.valuesPerKind = valuesPerKind
        self.valueBytes = valueBytes
    }
}
