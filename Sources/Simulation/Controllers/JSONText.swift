import FoundationEssentials
import JSON

/// A JSON value as text with sorted keys.
enum JSONText {
    static func sorted(_ value: JSONValue) -> String {
        do {
            return String(decoding: try JSONCoding.encode(value), as: UTF8.self)
        } catch {
            preconditionFailure("an object of the store holds a number that JSON has not: \(error)")
        }
    }
}
