import HTTPServer
import JSON

extension ServerResponse {
    static func json(_ bytes: [UInt8], status: Int = 200, headers: [(name: String, value: String)] = [])
        -> ServerResponse
    {
        ServerResponse(
            status: status, headers: [("Content-Type", "application/json")] + headers, body: .bytes(bytes))
    }

    /// `{"error": …}`.
    static func error(_ status: Int, _ message: String, headers: [(name: String, value: String)] = [])
        -> ServerResponse
    {
        var json = JSONWriter(reserving: message.utf8.count + 16)
        json.beginObject()
        json.field("error", message)
        json.endObject()
        return .json(json.bytes, status: status, headers: headers)
    }

    static func text(_ text: String, status: Int = 200) -> ServerResponse {
        ServerResponse(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: .bytes(Array(text.utf8)))
    }
}
