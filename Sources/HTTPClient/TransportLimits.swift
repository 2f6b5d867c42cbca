/// How much a transport does at once, and how much of an answer's head it accepts.
public struct TransportLimits: Sendable, Hashable {
    /// Transfers under way at once, streams included. Default 256; further ones wait.
    public var transfers: Int
    /// The same for one scheme, host and port. Default 64.
    public var transfersPerHost: Int
    /// Transfers that wait for their turn; one more fails at once, unsent. Default 4096.
    public var waiting: Int
    /// All header lines of one answer together. Default 256 KiB; more fails with `protocolError`.
    public var headerBytes: Int
    /// Header fields of one answer. Default 512; more fails with `protocolError`.
    public var headerFields: Int

    public init(
        transfers: Int = 256, transfersPerHost: Int = 64, waiting: Int = 4096, headerBytes: Int = 256 << 10,
        headerFields: Int = 512
    ) {
        self.transfers = transfers
        self.transfersPerHost = transfersPerHost
        self.waiting = waiting
        self.headerBytes = headerBytes
        self.headerFields = headerFields
    }
}
