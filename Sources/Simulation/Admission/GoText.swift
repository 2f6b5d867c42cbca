import JSON
import Kubernetes

/// Values as Go's error messages print them.
enum GoText {
    static func of(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text): "\"\(text)\""
        case .none, .null: "null"
        case .some(let value): String(decoding: value.rendered, as: UTF8.self)
        }
    }
}

/// Amounts of resources, written as text or as a number.
enum Amount {
    static func of(_ value: JSONValue?) -> Double? {
        switch value {
        case .string(let text): Quantity(text)?.value
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}
