import JSON
import Kubernetes

/// One open watch: what it is about, and up to where it has told.
public struct WatchCursor: Sendable {
    let address: APIAddress
    let selection: Selection
    let call: APICall
    /// Changes up to here were looked at.
    public internal(set) var revision: Int
    let hasBookmarks: Bool
    /// Seconds that the client wants it to last; nil for the server's choice.
    public let timeout: Double?
    /// Objects that are sent as added before any change: a watch without a resourceVersion.
    var initial: [JSONValue]
    /// A bookmark that ends the initial events (`sendInitialEvents`).
    var owesInitialBookmark: Bool
    /// Held back to be sent after the event that follows.
    var held: JSONValue?
    var lastBookmark: Int

    /// What the loop that serves it may need to know.
    public var kind: String { address.type.kind }
}
