/// A request's head after every check: what the handler will see, and what the connection must know.
struct RequestHead {
    var method: String
    var path: String
    var query: [(name: String, value: String)]
    var headers: [(name: String, value: String)]
    var framing: BodyFraming
    /// HTTP/1.0 gets no chunks and no `100 Continue`.
    var isVersion11: Bool
    /// The client keeps the connection for another request.
    var isKeptAlive: Bool
    var expectsContinue: Bool
}
