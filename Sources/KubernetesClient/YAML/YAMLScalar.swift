import JSON

/// A scalar as written, and what the core schema makes of it.
/// Source: https://yaml.org/spec/1.2.2/#103-core-schema
struct YAMLScalar {
    var text: String
    var tag: String?
    /// Neither in quotes nor a block.
    var isPlain: Bool

    private static let prefix = "tag:yaml.org,2002:"

    /// Infinities and NaN stay strings: JSON has no word for them.
    var value: JSONValue {
        switch tag {
        case nil: isPlain ? resolved : .string(text)
        case Self.prefix + "null", Self.prefix + "bool", Self.prefix + "int", Self.prefix + "float": resolved
        default: .string(text)
        }
    }

    private var resolved: JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if text.hasPrefix("0x"), isDigits(text.dropFirst(2), hexadecimal: true) {
            return Int64(text.dropFirst(2), radix: 16).map(JSONValue.integer) ?? .string(text)
        }
        if text.hasPrefix("0o"), isDigits(text.dropFirst(2), hexadecimal: false) {
            return Int64(text.dropFirst(2), radix: 8).map(JSONValue.integer) ?? .string(text)
        }
        guard looksLikeNumber else { return .string(text) }
        if let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { return .string(text) }
        return .number(value)
    }

    private func isDigits(_ digits: Substring, hexadecimal: Bool) -> Bool {
        !digits.isEmpty && digits.utf8.allSatisfy { isDigit($0) || (hexadecimal && (0x61...0x66).contains($0 | 0x20)) }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private var looksLikeNumber: Bool {
        var rest = Substring(text).utf8
        func skipSign(_ rest: inout Substring.UTF8View) {
            if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest.removeFirst() }
        }
        func skipDigits(_ rest: inout Substring.UTF8View) -> Int {
            let digits = rest.prefix(while: isDigit).count
            rest.removeFirst(digits)
            return digits
        }
        skipSign(&rest)
        let whole = skipDigits(&rest)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            let fraction = skipDigits(&rest)
            if whole == 0, fraction == 0 { return false }
        } else if whole == 0 {
            return false
        }
        if let first = rest.first, first | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            skipSign(&rest)
            if skipDigits(&rest) == 0 { return false }
        }
        return rest.isEmpty
    }
}
