import JSON
import Kubernetes

/// Names, labels, annotations and finalizers.
/// Source: k8s.io/apimachinery/pkg/api/validation/objectmeta.go.
extension Validation {
    static func metadata(_ object: JSONValue, _ old: JSONValue?) -> [Cause] {
        var causes: [Cause] = []
        for (name, value) in object.labels.sorted(by: { $0.key < $1.key }) {
            causes += qualified(name, "metadata.labels")
            if !isLabelValue(value) { causes.append(invalid("metadata.labels", quoted(value), labelValue)) }
        }
        for name in (object.at("metadata", "annotations")?.objectValue ?? [:]).keys.sorted() {
            // Unlike those of labels, the names of annotations may have capitals in their prefix.
            causes += qualified(name.lowercased(), "metadata.annotations", shown: name)
        }
        return causes + finalizers(object, old)
    }

    private static func finalizers(_ object: JSONValue, _ old: JSONValue?) -> [Cause] {
        let all = (object.at("metadata", "finalizers")?.arrayValue ?? []).compactMap(\.stringValue)
        var causes: [Cause] = []
        for (index, name) in all.enumerated() {
            let odd = qualified(name, "metadata.finalizers")
            causes += odd
            guard odd.isEmpty, !name.contains("/"), !standardFinalizers.contains(name) else { continue }
            causes.append(
                invalid(
                    "metadata.finalizers[\(index)]", quoted(name),
                    "name is neither a standard finalizer name nor is it fully qualified"))
        }
        guard let old, old.isBeingDeleted else { return causes }
        let before = Set((old.at("metadata", "finalizers")?.arrayValue ?? []).compactMap(\.stringValue))
        let new = all.filter { !before.contains($0) }
        guard !new.isEmpty else { return causes }
        let words = new.map(quoted).joined(separator: ", ")
        causes.append(
            Cause(
                reason: "FieldValueForbidden",
                message:
                    "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers "
                    + "[]string{\(words)}", field: "metadata.finalizers"))
        return causes
    }

    private static let standardFinalizers: Set = ["kubernetes", "orphan", "foregroundDeletion"]

    /// A name with, or without, a DNS name and a slash before it.
    private static func qualified(_ name: String, _ field: String, shown: String? = nil) -> [Cause] {
        let value = quoted(shown ?? name)
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else {
            return [
                invalid(
                    field, value,
                    "a qualified name \(qualifiedName) with an optional DNS subdomain prefix and '/' (e.g. "
                        + "'example.com/MyName')")
            ]
        }
        var causes: [Cause] = []
        if parts.count == 2, !isDNSName(parts[0]) {
            causes.append(
                invalid(field, value, "prefix part " + (parts[0].isEmpty ? "must be non-empty" : Self.dns1123)))
        }
        let own = parts.last ?? ""
        if own.isEmpty { causes.append(invalid(field, value, "name part must be non-empty")) }
        if own.utf8.count > 63 {
            causes.append(invalid(field, value, "name part must be no more than 63 characters"))
        }
        if own.isEmpty || !isNamePart(own) { causes.append(invalid(field, value, "name part \(qualifiedName)")) }
        return causes
    }

    /// Why a label cannot have this name; nil when it can.
    static func oddity(ofName name: String) -> String? {
        let shown = "Invalid value: \(quoted(name)): "
        return qualified(name, "").first?.message.map { String($0.dropFirst(shown.count)) }
    }

    static func isLabelValue(_ value: String) -> Bool {
        value.isEmpty || value.utf8.count <= 63 && isNamePart(value)
    }

    /// Letters and digits, and between them also `-`, `_` and `.`.
    private static func isNamePart(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        }
        guard let first = text.utf8.first, let last = text.utf8.last, isPlain(first), isPlain(last) else {
            return false
        }
        return text.utf8.allSatisfy { isPlain($0) || [45, 46, 95].contains($0) }
    }

    static func isDNSName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 253
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                isLabelName(String($0), limit: 253)
            }
    }

    private static let qualifiedName =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    static let labelValue =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
}
