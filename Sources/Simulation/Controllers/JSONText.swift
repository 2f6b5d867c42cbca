import JSON

/// A JSON value as text with sorted keys.
enum JSONText {
    static func sorted(_ value: JSONValue) -> String { String(decoding: value.rendered, as: UTF8.self) }
}
