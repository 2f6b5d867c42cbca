/// What a YAML text may cost to read.
public struct YAMLLimits: Sendable, Hashable {
    /// Default 4 MiB.
    public var maximumBytes: Int
    /// How deep sequences and mappings may nest. Default 64.
    public var maximumDepth: Int
    /// Scalars, sequences and mappings in all, aliases counted at the size of what they repeat. Default 200,000.
    public var maximumNodes: Int

    public init(maximumBytes: Int = 4 << 20, maximumDepth: Int = 64, maximumNodes: Int = 200_000) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
        self.maximumNodes = maximumNodes
    }
}
