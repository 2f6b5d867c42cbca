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

extension GoText {
    /// A label selector as Go's `%#v` prints the struct.
    static func selector(_ value: JSONValue?) -> String {
        guard let value, value != .null else { return "null" }
        let labels = (value["matchLabels"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
            .map { "\"\($0.key)\":\"\($0.value.stringValue ?? "")\"" }.joined(separator: ", ")
        return "v1.LabelSelector{MatchLabels:map[string]string{\(labels)}, "
            + "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}"
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
