import JSON

/// Sets of fields in the form of `fieldsV1`: `{"f:spec": {"f:replicas": {}}}`.
/// Source: sigs.k8s.io/structured-merge-diff/fieldpath.
enum FieldSet {
    /// The fields of `new` that are not the same in `old`.
    static func changed(_ old: JSONValue?, _ new: JSONValue, name: String = "") -> JSONValue? {
        if old == new { return nil }
        switch new {
        case .object(let members):
            var set: [String: JSONValue] = [:]
            for (key, value) in members {
                guard let own = changed(old?[key], value, name: key) else { continue }
                set["f:" + key] = own
            }
            if old?.objectValue == nil, !name.isEmpty, name != "spec", name != "status", name != "metadata" {
                // The field itself is owned too where it was made.
                set["."] = members.isEmpty ? nil : .object([:])
            }
            return set.isEmpty && !members.isEmpty ? nil : .object(set)
        case .array(let elements):
            return changedElements(old?.arrayValue ?? [], elements, name)
        default:
            return .object([:])
        }
    }

    private static func changedElements(_ old: [JSONValue], _ new: [JSONValue], _ name: String) -> JSONValue? {
        var set: [String: JSONValue] = [:]
        if ListKeys.sets.contains(name) {
            for element in new where !old.contains(element) {
                set["v:" + String(decoding: element.rendered, as: UTF8.self)] = .object([:])
            }
            return .object(set)
        }
        guard !new.isEmpty, let keys = ListKeys.keys(of: name, new) else { return .object([:]) }
        for element in new {
            let identity = ListKeys.identity(element, keys)
            let other = old.first { ListKeys.identity($0, keys) == identity }
            guard other != element else { continue }
            var own: [String: JSONValue] = [:]
            for (key, value) in element.objectValue ?? [:] {
                if let fields = changed(other?[key], value, name: key) { own["f:" + key] = fields }
            }
            if other == nil { own["."] = .object([:]) }
            set["k:" + String(decoding: identity.rendered, as: UTF8.self)] = .object(own)
        }
        if old.isEmpty { set["."] = .object([:]) }
        return .object(set)
    }

    static func union(_ left: JSONValue, _ right: JSONValue) -> JSONValue {
        guard case .object(var members) = left, case .object(let others) = right else { return left }
        for (key, value) in others { members[key] = members[key].map { union($0, value) } ?? value }
        return .object(members)
    }

    /// What of `left` is not in `right`; nil when nothing is left.
    static func subtract(_ left: JSONValue, _ right: JSONValue) -> JSONValue? {
        guard case .object(let members) = left, case .object(let others) = right else { return nil }
        if members.isEmpty || others.isEmpty { return nil }
        var rest: [String: JSONValue] = [:]
        for (key, value) in members {
            guard let other = others[key] else {
                rest[key] = value
                continue
            }
            if let own = subtract(value, other) { rest[key] = own }
        }
        if rest.keys.allSatisfy({ $0 == "." }) { return nil }
        return .object(rest)
    }

    /// Removes from `left` what is no longer in the object.
    static func pruned(_ set: JSONValue, to object: JSONValue, name: String = "") -> JSONValue? {
        guard case .object(let members) = set, !members.isEmpty else { return set }
        var rest: [String: JSONValue] = [:]
        for (key, value) in members {
            if key == "." {
                rest[key] = value
            } else if key.hasPrefix("f:") {
                let field = String(key.dropFirst(2))
                guard let member = object[field], let own = pruned(value, to: member, name: field) else { continue }
                rest[key] = own
            } else if let element = element(key, of: object.arrayValue ?? [], name),
                let own = pruned(value, to: element)
            {
                rest[key] = own
            }
        }
        return rest.isEmpty ? nil : .object(rest)
    }

    /// The element that `k:{…}` or `v:…` means.
    static func element(_ key: String, of elements: [JSONValue], _ name: String) -> JSONValue? {
        let text = Array(key.dropFirst(2).utf8)
        if key.hasPrefix("v:") { return elements.first { $0.rendered == text } }
        guard let keys = ListKeys.keys(of: name, elements) else { return nil }
        return elements.first { ListKeys.identity($0, keys).rendered == text }
    }
}
