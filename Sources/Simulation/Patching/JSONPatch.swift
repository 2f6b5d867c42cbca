import JSON
import Kubernetes

/// Source: RFC 6902.
enum JSONPatch {
    /// - Throws: 422 for an operation that does not fit, 400 for what is no patch.
    static func apply(_ patch: JSONValue, to target: JSONValue) throws(APIStatus) -> JSONValue {
        guard let operations = patch.arrayValue else {
            throw Refusals.badRequest(
                "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch")
        }
        var document = target
        for operation in operations { try apply(operation, &document) }
        return document
    }

    private static func apply(_ operation: JSONValue, _ document: inout JSONValue) throws(APIStatus) {
        let kind = operation["op"]?.stringValue ?? ""
        let text = operation["path"]?.stringValue ?? ""
        let path = pointer(text)
        switch kind {
        case "test":
            guard value(at: path[...], in: document) == operation["value"] ?? .null else {
                throw failure
            }
        case "add", "replace", "remove":
            let value: JSONValue? = kind == "remove" ? nil : operation["value"] ?? .null
            // The server's library replaces a member that is not there. Source: evanphx/json-patch, version 4.
            if kind == "remove", self.value(at: path[...], in: document) == nil { throw failure }
            guard set(value, at: path[...], in: &document, inserts: kind == "add") else {
                throw failure
            }
        case "move", "copy":
            let from = pointer(operation["from"]?.stringValue ?? "")
            guard let found = value(at: from[...], in: document) else {
                throw failure
            }
            if kind == "move" { _ = set(nil, at: from[...], in: &document, inserts: false) }
            guard set(found, at: path[...], in: &document, inserts: true) else {
                throw failure
            }
        default: throw failure
        }
    }

    /// The server keeps to itself which operation failed.
    private static let failure = APIStatus(
        code: 422, reason: "Invalid", message: "the server rejected our request due to an error in our request",
        details: .init())

    private static func pointer(_ text: String) -> [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            String(part).split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }
    }

    private static func value(at path: ArraySlice<String>, in document: JSONValue) -> JSONValue? {
        guard let key = path.first else { return document }
        let next: JSONValue? =
            switch document {
            case .object(let members): members[key]
            case .array: Int(key).flatMap { document[$0] }
            default: nil
            }
        return next.flatMap { value(at: path.dropFirst(), in: $0) }
    }

    private static func set(
        _ value: JSONValue?, at path: ArraySlice<String>, in document: inout JSONValue, inserts: Bool
    ) -> Bool {
        guard let key = path.first else {
            document = value ?? .null
            return true
        }
        let isLast = path.count == 1
        switch document {
        case .object(var members):
            if isLast {
                members[key] = value
            } else {
                guard var child = members[key], set(value, at: path.dropFirst(), in: &child, inserts: inserts) else {
                    return false
                }
                members[key] = child
            }
            document = .object(members)
        case .array(var elements):
            let index = key == "-" ? elements.count : Int(key) ?? -1
            if isLast, inserts, let value, (0...elements.count).contains(index) {
                elements.insert(value, at: index)
            } else if elements.indices.contains(index) {
                if !isLast {
                    guard set(value, at: path.dropFirst(), in: &elements[index], inserts: inserts) else { return false }
                } else if let value {
                    elements[index] = value
                } else {
                    elements.remove(at: index)
                }
            } else {
                return false
            }
            document = .array(elements)
        default: return false
        }
        return true
    }
}
