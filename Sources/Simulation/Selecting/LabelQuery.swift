import Kubernetes

/// The `labelSelector` query parameter.
/// Source: k8s.io/apimachinery/pkg/labels/selector.go.
struct LabelQuery: Hashable, Sendable {
    private enum Test: Hashable, Sendable {
        case among([String]), notAmong([String]), exists, missing, greater(Int), less(Int)
    }
    private struct Requirement: Hashable, Sendable {
        var key: String
        var test: Test
    }
    private var requirements: [Requirement] = []

    /// Labels that must have one value: an index finds them.
    var equalities: [String: String] {
        var equalities: [String: String] = [:]
        for requirement in requirements {
            if case .among(let values) = requirement.test, values.count == 1 { equalities[requirement.key] = values[0] }
        }
        return equalities
    }

    init() {}

    /// - Throws: 400 in the server's words.
    init(_ text: String) throws(APIStatus) {
        for part in Self.split(text) {
            let part = Self.trimmed(part)
            if part.isEmpty { continue }
            requirements.append(try Self.requirement(part))
        }
    }

    func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            let value = labels[requirement.key]
            switch requirement.test {
            case .among(let values): return value.map(values.contains) ?? false
            case .notAmong(let values): return value.map { !values.contains($0) } ?? true
            case .exists: return value != nil
            case .missing: return value == nil
            case .greater(let bound): return value.flatMap { Int($0) }.map { $0 > bound } ?? false
            case .less(let bound): return value.flatMap { Int($0) }.map { $0 < bound } ?? false
            }
        }
    }

    private static func requirement(_ part: String) throws(APIStatus) -> Requirement {
        if part.hasPrefix("!") {
            return Requirement(key: try key(String(part.dropFirst()), part), test: .missing)
        }
        for (word, isIn) in [(" notin ", false), (" in ", true), (" notin(", false), (" in(", true)] {
            guard let range = part.firstRange(of: word) else { continue }
            let list = part[part.index(before: range.upperBound)...].split(separator: "(").last ?? ""
            guard part.hasSuffix(")") else {
                throw Refusals.badRequest("unable to parse requirement: found '', expected: ',' or ')'")
            }
            let values = list.prefix { $0 != ")" }.split(separator: ",").map { trimmed(String($0)) }
            let name = try key(String(part[..<range.lowerBound]), part)
            for value in values { try check(value, of: name) }
            return Requirement(
                key: name, test: isIn ? .among(values) : .notAmong(values))
        }
        for (sign, test) in signs {
            guard let range = part.firstRange(of: sign) else { continue }
            let value = trimmed(String(part[range.upperBound...]))
            let name = try key(String(part[..<range.lowerBound]), part)
            try check(value, of: name)
            return Requirement(key: name, test: test(value))
        }
        return Requirement(key: try key(part, part), test: .exists)
    }

    private static let signs: [(String, @Sendable (String) -> Test)] = [
        ("!=", { .notAmong([$0]) }), ("==", { .among([$0]) }), ("=", { .among([$0]) }),
        (">", { .greater(Int($0) ?? .max) }), ("<", { .less(Int($0) ?? .min) }),
    ]

    private static func key(_ text: String, _ part: String) throws(APIStatus) -> String {
        let key = trimmed(text)
        guard !key.isEmpty, key.utf8.allSatisfy(isNameByte) else {
            throw Refusals.badRequest(
                "unable to parse requirement: found '\(key.isEmpty ? part : key)', expected: identifier")
        }
        if let why = Validation.oddity(ofName: key) {
            throw Refusals.badRequest("unable to parse requirement: invalid label key \"\(key)\": \(why)")
        }
        return key
    }

    private static func check(_ value: String, of key: String) throws(APIStatus) {
        let words = value.split(separator: " ")
        if words.count > 1 {
            throw Refusals.badRequest("found '\(words[1])', expected: ',' or 'end of string'")
        }
        guard !Validation.isLabelValue(value) else { return }
        throw Refusals.badRequest(
            "unable to parse requirement: invalid label value: \"\(value)\": at key: \"\(key)\": "
                + Validation.labelValue)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"): true
        default: false
        }
    }

    /// At commas that are not within parentheses.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
