import JSON
import Kubernetes

/// Lists: selected, in pages, as objects or as a table.
extension World {
    func list(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> JSONValue {
        let selection = try Selection(call, address)
        let wanted = try ListVersion(call, self.store)
        let token = try call["continue"].map { (text) throws(APIStatus) in try PageToken(text, self.store) }
        let version = wanted.revision ?? token?.revision ?? self.store.revision
        // The pages of a list are of one state, whatever changes between them.
        let store =
            version == self.store.revision
            ? self.store : self.store.past(at: version, of: address.type) ?? self.store
        var keys = selection.keys(address, store)
        if let token { keys = Array(keys.drop { ($0.namespace, $0.name) <= (token.namespace, token.name) }) }
        let limit = call["limit"].flatMap { Int($0) } ?? 0
        var items: [JSONValue] = []
        var last: ObjectKey?
        var rest = 0
        for (index, key) in keys.enumerated() {
            guard let object = store.find(address.type, key), selection.matches(object) else { continue }
            if limit > 0, items.count == limit {
                rest = selection.isEmpty ? keys.count - index : 1
                break
            }
            items.append(object)
            last = key
        }
        var metadata: JSONValue = ["resourceVersion": .string(String(version))]
        if rest > 0, let last {
            metadata["continue"] = .string(PageToken(last, revision: version).text)
            if selection.isEmpty { metadata["remainingItemCount"] = .integer(rest) }
        }
        let shown = items.map { Versions.outward($0, address.type, address.version, inList: !call.wantsTable) }
        if call.wantsTable { return Table.of(shown, address.type, call, now: epoch + seconds, list: metadata) }
        return [
            "kind": .string(address.type.kind + "List"), "apiVersion": .string(address.apiVersion),
            "metadata": metadata, "items": .array(shown),
        ]
    }
}

/// What a list or a watch is about.
struct Selection: Hashable, Sendable {
    var labels = LabelQuery()
    var fields = FieldQuery()
    var isEmpty = true
    var name: String?

    init(_ call: APICall, _ address: APIAddress) throws(APIStatus) {
        if let text = call["labelSelector"] { labels = try LabelQuery(text) }
        if let text = call["fieldSelector"] { fields = try FieldQuery(text, address.type) }
        name = address.name ?? fields.name
        isEmpty = call["labelSelector"] == nil && call["fieldSelector"] == nil && address.name == nil
    }

    func matches(_ object: JSONValue) -> Bool {
        if isEmpty { return true }
        if let name, object.name != name { return false }
        return labels.matches(object.labels) && fields.matches(object)
    }

    /// Those that may match, in order.
    func keys(_ address: APIAddress, _ store: ObjectStore) -> [ObjectKey] {
        if let name, let namespace = address.type.resource.isNamespaced ? address.namespace : "" {
            return [ObjectKey(namespace, name)]
        }
        return store.keys(address.type, in: address.namespace)
    }
}

/// Where a list goes on.
struct PageToken: Hashable, Sendable {
    var revision: Int
    var namespace: String
    var name: String

    init(_ key: ObjectKey, revision: Int) {
        self.revision = revision
        namespace = key.namespace
        name = key.name
    }

    /// - Throws: 410 when the list's revision is compacted, 400 for what is no token.
    init(_ text: String, _ store: ObjectStore) throws(APIStatus) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, let revision = Int(parts[0]) else {
            throw Refusals.badRequest(
                "invalid continue token: continue key is not valid: illegal base64 data at input byte 0")
        }
        namespace = parts[1]
        name = parts[2...].joined(separator: ".")
        self.revision = revision < 0 ? store.revision : revision
        guard self.revision >= store.compacted else { throw Refusals.expired(Self.tooOld) }
    }

    var text: String { "\(revision).\(namespace).\(name)" }

    /// What is answered to a token whose state is compacted: 410, and a token with which the list goes on in the newest
    /// state; nil for any other call.
    static func expiry(_ call: APICall, _ store: ObjectStore) -> JSONValue? {
        let parts = (call["continue"] ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, let revision = Int(parts[0]), (0..<store.compacted).contains(revision) else {
            return nil
        }
        var object = Refusals.expired(tooOld).object
        object["metadata"] = ["continue": .string("-1." + parts.dropFirst().joined(separator: "."))]
        return object
    }

    private static let tooOld =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        + "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
        + "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
        + "modified, or deleted between the time the first chunk was returned and now may show up in the list."
}
