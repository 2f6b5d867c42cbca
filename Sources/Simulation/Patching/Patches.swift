import JSON
import Kubernetes

/// The patches that a client sends, by media type.
enum Patches {
    /// Source: RFC 7386.
    static func merge(_ patch: JSONValue, into target: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = target.objectValue ?? [:]
        for (key, value) in changes {
            members[key] = value == .null ? JSONValue?.none : merge(value, into: members[key] ?? .null)
        }
        return .object(members)
    }

    /// Lists whose elements have a key are merged by it; directives as `$patch` are obeyed.
    /// Source: k8s.io/apimachinery/pkg/util/strategicpatch.
    static func strategicMerge(
        _ patch: JSONValue, into target: JSONValue?, name: String = ""
    ) throws(APIStatus) -> JSONValue {
        guard case .object(var changes) = patch else { return patch }
        let directive = changes.removeValue(forKey: "$patch")
        if directive == "replace" { return .object(changes) }
        if directive == "delete" { return .object([:]) }
        var members = target?.objectValue ?? [:]
        if let kept = changes.removeValue(forKey: "$retainKeys")?.arrayValue {
            members = members.filter { kept.contains(.string($0.key)) }
        }
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
            if key.hasPrefix("$setElementOrder/") { continue }
            if key.hasPrefix("$deleteFromPrimitiveList/") {
                let field = String(key.dropFirst("$deleteFromPrimitiveList/".count))
                let gone = value.arrayValue ?? []
                members[field] = .array((members[field]?.arrayValue ?? []).filter { !gone.contains($0) })
                continue
            }
            switch value {
            case .null: members[key] = nil
            case .object: members[key] = try strategicMerge(value, into: members[key], name: key)
            case .array(let elements):
                let order = changes["$setElementOrder/" + key]?.arrayValue
                members[key] = .array(
                    try mergedList(elements, into: members[key]?.arrayValue ?? [], key, order: order))
            default: members[key] = value
            }
        }
        return .object(members)
    }

    private static func mergedList(
        _ changes: [JSONValue], into list: [JSONValue], _ name: String, order: [JSONValue]?
    ) throws(APIStatus) -> [JSONValue] {
        if ListKeys.sets.contains(name) { return list + changes.filter { !list.contains($0) } }
        let plain = changes.filter { $0["$patch"] == nil }
        if changes.contains(where: { $0["$patch"] == "replace" && $0.objectValue?.count == 1 }) { return plain }
        guard let key = mergeKey(of: name, list + plain) else { return changes }
        var result = list
        for change in changes {
            guard let identity = change[key] else {
                throw Refusals.badRequest(
                    "map: \(GoText.of(change)) does not contain declared merge key: \(key)"
                )
            }
            let index = result.firstIndex { $0[key] == identity }
            if change["$patch"] == "delete" {
                if let index { result.remove(at: index) }
            } else if let index {
                result[index] = try strategicMerge(change, into: result[index])
            } else {
                result.append(try strategicMerge(change, into: nil))
            }
        }
        guard let order else { return result }
        let wanted = order.compactMap { $0[key] }
        let listed = wanted.compactMap { identity in result.first { $0[key] == identity } }
        return listed + result.filter { element in !wanted.contains { $0 == element[key] } }
    }

    private static func mergeKey(of name: String, _ elements: [JSONValue]) -> String? {
        // The patch of a node's taints names the whole taint; the server merges by key.
        if name == "taints", elements.allSatisfy({ $0["key"] != nil }) { return "key" }
        return ListKeys.keys(of: name, elements)?.first
    }
}
