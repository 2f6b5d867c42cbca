import JSON
import Tasks

/// The body of `POST /api/tasks`. Unknown fields are ignored.
struct TaskBody {
    var request: TaskRequest
    var isStreaming: Bool

    /// Why a body is refused, as the client reads it.
    struct Refusal: Error {
        var message: String
    }

    init(_ bytes: [UInt8]) throws(Refusal) {
        guard !bytes.isEmpty else { throw Self.noQuery }
        let body: JSONValue
        do {
            body = try JSONValue(parsing: bytes)
        } catch {
            throw Refusal(message: "the body is \(error)")
        }
        guard case .object = body else {
            throw Refusal(message: "the body must be a JSON object such as {\"query\": \"list sandfly hosts\"}")
        }
        let payload = body["payload"]
        var query = try Self.text(body["query"], "query") ?? ""
        if query.isEmpty { query = try Self.text(payload?["query"], "payload.query") ?? "" }
        guard query.contains(where: { !$0.isWhitespace }) else { throw Self.noQuery }
        switch body["streaming"] {
        case nil, .null: isStreaming = true
        case .bool(let value): isStreaming = value
        default: throw Refusal(message: "“streaming” must be true or false")
        }
        request = TaskRequest(query: query, id: try Self.text(body["id"], "id"))
    }

    /// The contract's own words.
    private static let noQuery = Refusal(message: "No query provided")

    private static func text(_ value: JSONValue?, _ name: String) throws(Refusal) -> String? {
        switch value {
        case nil, .null: nil
        case .string(let text): text
        default: throw Refusal(message: "“\(name)” must be a text")
        }
    }
}
