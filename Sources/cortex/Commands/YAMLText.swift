import JSON

/// A JSON value as YAML, in block style; what a reader could take for something else is quoted.
enum YAMLText {
    static func of(_ value: JSONValue) -> String { lines(value).joined(separator: "\n") }

    private static func lines(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members) where !members.isEmpty:
            members.sorted { $0.key < $1.key }.flatMap { key, member -> [String] in
                if let text = inline(member) { return ["\(quoted(key)): \(text)"] }
                // The items of a list may stand below their key without being indented.
                if case .array = member { return ["\(quoted(key)):"] + lines(member) }
                return ["\(quoted(key)):"] + lines(member).map { "  " + $0 }
            }
        case .array(let elements) where !elements.isEmpty:
            elements.flatMap { element -> [String] in
                if let text = inline(element) { return ["- " + text] }
                let inner = lines(element)
                return ["- " + (inner.first ?? "")] + inner.dropFirst().map { "  " + $0 }
            }
        default: [inline(value) ?? "null"]
        }
    }

    private static func inline(_ value: JSONValue) -> String? {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): quoted(text)
        case .array(let elements): elements.isEmpty ? "[]" : nil
        case .object(let members): members.isEmpty ? "{}" : nil
        }
    }

    private static let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]

    private static func quoted(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isASCII && $0.isLetter } == true && !words.contains(text.lowercased())
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
        if isPlain { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                result += "\\x" + (hex.count == 1 ? "0" : "") + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
