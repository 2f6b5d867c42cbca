import JSON

/// Who wrote which field, as the API server keeps it in `metadata.managedFields`.
/// Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
enum ManagedFields {
    /// Puts what this write changed under its writer's name and takes it from the others.
    static func record(_ old: JSONValue?, _ new: inout JSONValue, by writer: Writer, _ store: inout ObjectStore) {
        var entries = old?.at("metadata", "managedFields")?.arrayValue ?? []
        guard let changed = FieldSet.changed(content(old), content(new) ?? .object([:])), changed != .object([:]) else {
            let isPruned = old != nil && !entries.isEmpty
            if isPruned { entries = pruned(entries, to: new) }
            new.put(entries.isEmpty ? nil : .array(entries), at: "metadata", "managedFields")
            return
        }
        let index = entries.firstIndex { isEntry($0, of: writer) }
        for other in entries.indices where other != index {
            guard let fields = entries[other]["fieldsV1"] else { continue }
            entries[other]["fieldsV1"] = FieldSet.subtract(fields, changed) ?? .object([:])
        }
        var entry = index.map { entries[$0] } ?? entry(of: writer)
        entry["fieldsV1"] = store.shared(entry["fieldsV1"].map { FieldSet.union($0, changed) } ?? changed)
        entry["time"] = .string(Stamp.text(writer.time))
        if let index { entries[index] = entry } else { entries.append(entry) }
        entries.removeAll { $0["fieldsV1"] == .object([:]) }
        new.put(.array(old == nil ? entries : pruned(entries, to: new)), at: "metadata", "managedFields")
    }

    static func isEntry(_ entry: JSONValue, of writer: Writer) -> Bool {
        entry["manager"]?.stringValue == writer.manager && entry["operation"]?.stringValue == writer.operation
            && entry["subresource"]?.stringValue == writer.subresource
            && entry["apiVersion"]?.stringValue == writer.apiVersion
    }

    static func entry(of writer: Writer) -> JSONValue {
        var entry: JSONValue = [
            "manager": .string(writer.manager), "operation": .string(writer.operation),
            "apiVersion": .string(writer.apiVersion), "fieldsType": "FieldsV1",
        ]
        if let subresource = writer.subresource { entry["subresource"] = .string(subresource) }
        return entry
    }

    private static func pruned(_ entries: [JSONValue], to object: JSONValue) -> [JSONValue] {
        entries.compactMap { entry in
            guard let fields = entry["fieldsV1"], let own = FieldSet.pruned(fields, to: object) else { return nil }
            var entry = entry
            entry["fieldsV1"] = own
            return entry
        }
    }

    /// What managers own: not the identity and not what the server keeps itself.
    static func content(_ object: JSONValue?) -> JSONValue? {
        guard var object else { return nil }
        object["apiVersion"] = nil
        object["kind"] = nil
        for field in [
            "name", "namespace", "uid", "creationTimestamp", "resourceVersion", "generation", "managedFields",
            "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds",
        ] { object.put(nil, at: "metadata", field) }
        if object["metadata"] == .object([:]) { object["metadata"] = nil }
        return object
    }
}

extension ObjectStore {
    /// One copy of equal sets, so that ten thousand pods of one template share theirs.
    mutating func shared(_ fields: JSONValue) -> JSONValue {
        if fieldSets.count > 4096 { fieldSets = [] }
        return fieldSets.insert(fields).memberAfterInsert
    }
}
