/// One client's connection. Only the loop touches it. When it is idle it holds no buffers.
final class Connection {
    enum Phase: UInt8 {
        /// Between requests, or in a head.
        case reading
        case body
        /// The handler's task is at work.
        case waiting
        /// An answer waits for the client to take it.
        case writing
        case streaming
        /// The last answer is sent; what the client still sends is thrown away.
        case lingering
        case closed
    }

    let descriptor: Int32
    let id: ConnectionID
    let address: String
    var phase = Phase.reading
    /// No request after the current answer.
    var isLast = false
    /// A request has come on it before.
    var hasServed = false
    /// Properties of the request that is being answered.
    var isVersion11 = true
    var isHeadOnly = false
    /// What epoll is asked for.
    var interest: UInt32
    /// On the loop's clock in milliseconds; `.max` when nothing is due.
    var deadline = Int64.max
    var scanner = HeadScanner()
    /// The first part of a head that is not whole.
    var head: [UInt8] = []
    /// Requests that arrived before the current one was answered. While there are any, nothing is read.
    var leftover: [UInt8] = []
    /// What the socket did not take.
    var output: [UInt8] = []
    var outputStart = 0
    /// Bytes taken since the write deadline was set.
    var taken = 0
    var lingerBytes = 0
    var exchange: Exchange?
    var stream: OpenStream?

    init(descriptor: Int32, id: ConnectionID, address: String, interest: UInt32) {
        self.descriptor = descriptor
        self.id = id
        self.address = address
        self.interest = interest
    }

    /// Nothing of a request has arrived, and nothing is owed.
    var isIdle: Bool { phase == .reading && scanner.isUntouched && leftover.isEmpty }
    var hasOutput: Bool { !output.isEmpty }
    /// What is held for a request that is not whole.
    var buffered: Int { head.count + (exchange?.body.count ?? 0) }
}
