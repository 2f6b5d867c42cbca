/// Names a connection in epoll and in the mailbox: its place in the table, and a number that is never used twice, so
/// that what comes late for a connection that is gone does not reach the next one in its place.
struct ConnectionID: Hashable, Sendable {
    let raw: UInt64

    init(raw: UInt64) { self.raw = raw }
    init(slot: Int, generation: UInt32) { raw = UInt64(generation) << 32 | UInt64(slot) }

    var slot: Int { Int(raw & 0xFFFF_FFFF) }

    static let listener = ConnectionID(raw: .max)
    static let mailbox = ConnectionID(raw: .max - 1)
}
