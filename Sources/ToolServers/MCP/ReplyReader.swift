import FoundationEssentials
import JSON

/// Reads the answer to one JSON-RPC request out of an HTTP answer's body, whether it comes as JSON or as a stream.
/// Pure: bytes go in, events come out.
struct ReplyReader {
    enum Event: Hashable, Sendable {
        case answered(Result<JSONValue, RPCError>)
        /// The server wants something from the client.
        case asked(id: RPCID, method: String)
    }

    private enum Body {
        case json(Data)
        case stream(ServerSentEvents)
    }

    private let id: Int64
    private let status: Int
    private let isLenient: Bool
    private let maximumBytes: Int
    private var body: Body
    private var received = 0

    /// - Parameter isLenient: for the first version's servers, which are less exact.
    init(id: Int64, status: Int, contentType: String?, maximumBytes: Int, isLenient: Bool) {
        self.id = id
        self.status = status
        self.isLenient = isLenient
        self.maximumBytes = maximumBytes
        let type = contentType?.prefix { $0 != ";" }.lowercased().filter { $0 != " " } ?? ""
        body = type == "text/event-stream" ? .stream(ServerSentEvents(maximumEventBytes: maximumBytes)) : .json(Data())
    }

    /// - Throws: `protocolError` when more comes than is allowed, or what comes is no JSON-RPC.
    mutating func feed(_ bytes: Data) throws(ToolFailure) -> [Event] {
        received += bytes.count
        guard received <= maximumBytes else { throw tooLong }
        switch body {
        case .json(var data):
            body = .json(Data())  // so that appending does not copy what is there
            data.append(bytes)
            body = .json(data)
            return []
        case .stream(var parser):
            let events: [ServerSentEvents.Event]
            do { events = try parser.feed(bytes) } catch { throw tooLong }
            body = .stream(parser)
            var result: [Event] = []
            for event in events {
                guard event.name == "message", !event.data.isEmpty else { continue }
                guard let value = Self.decode(Data(event.data.utf8)) else {
                    throw ToolFailure(kind: .protocolError, message: "the server streamed an event that is not JSON")
                }
                result += try read(value)
            }
            return result
        }
    }

    /// All that a whole body says.
    func events(in body: Data) throws(ToolFailure) -> [Event] {
        var reader = self
        return try reader.feed(body) + reader.finish()
    }

    /// The body has ended. A stream that ends here ended before its answer.
    mutating func finish() throws(ToolFailure) -> [Event] {
        switch body {
        case .stream(let parser):
            throw ToolFailure(
                kind: .connectionReset,
                message: parser.isInsideEvent
                    ? "the server's stream broke off in the middle of an event"
                    : "the server's stream ended without an answer")
        case .json(let data):
            guard !data.isEmpty else {
                throw ToolFailure(kind: .protocolError, message: "the server answered with an empty body")
            }
            guard let value = Self.decode(data) else {
                throw ToolFailure(
                    kind: .protocolError, message: "the server's answer is not JSON: \(Self.excerpt(of: data))")
            }
            let events = try read(value)
            guard events.contains(where: { if case .answered = $0 { true } else { false } }) else {
                throw ToolFailure(
                    kind: .protocolError,
                    message: "the server's answer belongs to no request: \(Self.excerpt(of: data))")
            }
            return events
        }
    }

    /// A batch of old versions is its messages; anything in it that is none is dropped.
    private func read(_ value: JSONValue) throws(ToolFailure) -> [Event] {
        if case .array(let elements) = value {
            return elements.prefix(100).compactMap { element in
                RPCMessage(element, isLenient: isLenient).flatMap(event(of:))
            }
        }
        guard let message = RPCMessage(value, isLenient: isLenient) else {
            throw ToolFailure(kind: .protocolError, message: "the server's answer is not a message of JSON-RPC 2.0")
        }
        return event(of: message).map { [$0] } ?? []
    }

    /// Nil for what answers something else, and for notifications.
    private func event(of message: RPCMessage) -> Event? {
        switch message {
        case .result(let answered, let result):
            return answered.answers(id) ? .answered(.success(result)) : nil
        case .failure(let answered, let error):
            // A request that the server could not read has no id; 1.x servers say "server-error" with a 4xx.
            return answered.answers(id) || answered == .null || status >= 400 ? .answered(.failure(error)) : nil
        case .request(let id, let method): return .asked(id: id, method: method)
        case .notification: return nil
        }
    }

    private var tooLong: ToolFailure {
        ToolFailure(kind: .protocolError, message: "the server's answer is longer than \(maximumBytes) bytes")
    }

    static func decode(_ data: Data) -> JSONValue? {
        try? JSONValue(parsing: Array(data), maximumDepth: 200)  // why it is not JSON helps nobody; an excerpt does
    }

    /// The beginning of a body for a message, without control characters.
    static func excerpt(of data: Data) -> String {
        let text = String(decoding: data.prefix(120), as: UTF8.self)
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            let isControl = scalar.properties.generalCategory == .control
            result.unicodeScalars.append(isControl ? " " : scalar)
        }
    }
}
