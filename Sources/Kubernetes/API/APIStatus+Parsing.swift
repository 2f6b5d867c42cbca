public import FoundationEssentials
import JSON

extension APIStatus {
    /// How much of an error body that is no `Status` is kept.
    static let maximumText = 512

    private struct Loose: Decodable {
        var kind: String?
        var code: Int?
        var reason: String?
        var message: String?
        var details: Details?
    }

    /// The status of a refused request: the server's own when the body is one, else the body's first characters (a
    /// proxy's page, for example).
    public init(httpStatus: Int, body: Data) {
        let status = try? JSONCoding.decode(Loose.self, from: body)  // what is no Status is kept as text below
        if let status, status.kind == "Status" {
            let message = status.message.flatMap { $0.isEmpty ? nil : $0 }
            self.init(
                code: status.code ?? httpStatus, reason: status.reason, message: message, details: status.details)
            return
        }
        let text = String(decoding: body.prefix(Self.maximumText), as: UTF8.self)
        let printable = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        self.init(code: httpStatus, message: printable.isEmpty ? nil : "HTTP \(httpStatus): \(printable)")
    }
}
