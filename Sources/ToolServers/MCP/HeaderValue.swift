import FoundationEssentials
import JSON

/// Values mirrored into HTTP headers, as 2026-07-28 asks for.
enum HeaderValue {
    /// Printable ASCII goes as it is; anything else, and what looks encoded already, as `=?base64?…?=`.
    static func encode(_ value: String) -> String {
        let isSafe =
            value.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E } && value.first != " " && value.last != " "
            && !(value.hasPrefix("=?base64?") && value.hasSuffix("?="))
        return isSafe ? value : "=?base64?\(Data(value.utf8).base64EncodedString())?="
    }

    /// The `Mcp-Param-…` headers of a call: one for each argument whose schema names one by `x-mcp-header`.
    static func parameters(schema: JSONValue, arguments: JSONValue) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        collect(schema, arguments, depth: 0, into: &headers)
        return headers
    }

    private static let maximumDepth = 8
    private static let maximumHeaders = 32

    private static func collect(
        _ schema: JSONValue, _ value: JSONValue, depth: Int, into headers: inout [(name: String, value: String)]
    ) {
        guard depth < maximumDepth, let properties = schema["properties"]?.objectValue else { return }
        for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
            guard let argument = value[name], headers.count < maximumHeaders else { continue }
            if let token = property["x-mcp-header"]?.stringValue, isToken(token), let text = scalar(argument),
                ["string", "integer", "boolean"].contains(property["type"]?.stringValue)
            {
                headers.append(("Mcp-Param-\(token)", encode(text)))
            }
            collect(property, argument, depth: depth + 1, into: &headers)
        }
    }

    private static func scalar(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .bool(let truth): truth ? "true" : "false"
        default: nil
        }
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
