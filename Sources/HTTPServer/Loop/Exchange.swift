/// A request whose head is known and whose body is arriving. Exists only in between.
final class Exchange {
    let head: RequestHead
    var body: [UInt8] = []
    var chunks: ChunkedDecoder?

    init(head: RequestHead) {
        self.head = head
        if head.framing == .chunked { chunks = ChunkedDecoder() }
    }
}
