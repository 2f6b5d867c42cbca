import JSON
import Kubernetes

/// Server-side apply: what the applier says holds, what it stopped saying goes, and what others own is a conflict.
/// Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
enum ServerSideApply {
    /// - Returns: the object to write; its `managedFields` are set by the caller through `record`.
    static func apply(
        _ applied: JSONValue, to live: JSONValue, by writer: Writer, isForced: Bool
    ) throws(APIStatus) -> JSONValue {
        let wanted = FieldSet.changed(nil, ManagedFields.content(applied) ?? [:]) ?? .object([:])
        let entries = live.at("metadata", "managedFields")?.arrayValue ?? []
        let own = entries.first { $0["manager"]?.stringValue == writer.manager && $0["operation"] == "Apply" }
        if !isForced { try check(wanted, applied, live, entries, writer) }
        var result = try Patches.strategicMerge(applied, into: live)
        if let before = own?["fieldsV1"], let dropped = FieldSet.subtract(before, wanted) {
            var rest: JSONValue? = dropped
            for entry in entries where entry != own {
                rest = rest.flatMap { left in entry["fieldsV1"].flatMap { FieldSet.subtract(left, $0) } ?? nil }
            }
            if let rest { result = removing(rest, from: result) ?? result }
        }
        return result
    }

    /// Puts all that was applied under the applier's name, whether it changed or not.
    static func record(_ applied: JSONValue, _ object: inout JSONValue, by writer: Writer, isForced: Bool) {
        let wanted = FieldSet.changed(nil, ManagedFields.content(applied) ?? [:]) ?? .object([:])
        var entries = object.at("metadata", "managedFields")?.arrayValue ?? []
        let old = entries.first { ManagedFields.isEntry($0, of: writer) }
        entries.removeAll { ManagedFields.isEntry($0, of: writer) }
        if isForced {
            for index in entries.indices {
                guard let fields = entries[index]["fieldsV1"], let changed = FieldSet.subtract(fields, wanted) else {
                    continue
                }
                if entries[index]["operation"] == "Update" { entries[index]["fieldsV1"] = changed }
            }
        }
        var entry = ManagedFields.entry(of: writer)
        entry["fieldsV1"] = wanted
        entry["time"] = old?["fieldsV1"] == wanted ? old?["time"] : .string(Stamp.text(writer.time))
        entries.append(entry)
        object.put(.array(entries), at: "metadata", "managedFields")
    }

    private static func check(
        _ wanted: JSONValue, _ applied: JSONValue, _ live: JSONValue, _ entries: [JSONValue], _ writer: Writer
    ) throws(APIStatus) {
        var causes: [APIStatus.Details.Cause] = []
        for entry in entries {
            guard let manager = entry["manager"]?.stringValue,
                manager != writer.manager || entry["operation"] != "Apply",
                let fields = entry["fieldsV1"]
            else { continue }
            var paths: [String] = []
            collect(wanted, fields, applied, live, path: "", name: "", &paths)
            let suffix = entry["operation"] == "Update" ? "\" using \(entry["apiVersion"]?.stringValue ?? "v1")" : "\""
            for path in paths.sorted() {
                causes.append(
                    .init(reason: "FieldManagerConflict", message: "conflict with \"\(manager)\(suffix)", field: path))
            }
        }
        guard !causes.isEmpty else { return }
        let words =
            causes.count == 1
            ? "Apply failed with 1 conflict: \(causes[0].message ?? ""): \(causes[0].field ?? "")"
            : "Apply failed with \(causes.count) conflicts: "
                + causes.map { "\($0.message ?? ""): \($0.field ?? "")" }.joined(separator: "\n")
        throw APIStatus(code: 409, reason: "Conflict", message: words, details: .init(causes: causes))
    }

    /// The leaves that both want and whose values differ.
    private static func collect(
        _ wanted: JSONValue, _ owned: JSONValue, _ applied: JSONValue, _ live: JSONValue, path: String, name: String,
        _ paths: inout [String]
    ) {
        guard case .object(let members) = wanted, case .object(let others) = owned else { return }
        for (key, value) in members where key != "." {
            guard let other = others[key] else { continue }
            let field = String(key.dropFirst(2))
            let isField = key.hasPrefix("f:")
            let mine = isField ? applied[field] : FieldSet.element(key, of: applied.arrayValue ?? [], name)
            let theirs = isField ? live[field] : FieldSet.element(key, of: live.arrayValue ?? [], name)
            guard let mine, let theirs, mine != theirs else { continue }
            let own = isField ? "\(path).\(field)" : "\(path)[\(Self.readable(field))]"
            if value.objectValue?.isEmpty != false || other.objectValue?.isEmpty != false {
                paths.append(own)
            } else {
                collect(value, other, mine, theirs, path: own, name: isField ? field : "", &paths)
            }
        }
    }

    /// `{"name":"web"}` as `name="web"`.
    private static func readable(_ key: String) -> String {
        String(key.dropFirst().dropLast()).split(separator: ",").map { part in
            let halves = part.split(separator: ":", maxSplits: 1)
            guard halves.count == 2 else { return String(part) }
            return "\(halves[0].filter { $0 != "\"" })=\(halves[1])"
        }.joined(separator: ",")
    }

    private static func removing(_ set: JSONValue, from object: JSONValue, name: String = "") -> JSONValue? {
        guard case .object(let members) = set else { return object }
        var result = object
        for (key, value) in members where key != "." {
            let isLeaf = value.objectValue?.isEmpty != false
            if key.hasPrefix("f:") {
                let field = String(key.dropFirst(2))
                guard let child = result[field] else { continue }
                let rest = isLeaf ? nil : removing(value, from: child, name: field)
                result[field] = rest == .object([:]) ? nil : rest
            } else if case .array(var elements) = result, let element = FieldSet.element(key, of: elements, name),
                let index = elements.firstIndex(of: element)
            {
                if isLeaf || value["."] != nil {
                    elements.remove(at: index)
                } else {
                    elements[index] = removing(value, from: element) ?? element
                }
                result = .array(elements)
            }
        }
        return result
    }
}
