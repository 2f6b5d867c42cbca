import JSON

/// One copy of what many objects hold alike: the templates of replicas, owners, conditions of the same second.
struct SharedValues: Sendable {
    private var known: Set<JSONValue> = []
    /// So many are remembered; then it begins anew, which only loses what could have been shared.
    private static let limit = 20_000
    /// They differ from object to object: only what is in them is shared.
    private static let own: Set = ["metadata", "status", "involvedObject"]

    /// - Parameter old: the object as it was before, whose parts are taken where they are the same.
    mutating func object(_ object: JSONValue, _ old: JSONValue?) -> JSONValue {
        if known.count > Self.limit { known = [] }
        guard case .object(var members) = object else { return object }
        for (name, member) in members {
            let isOwn = Self.own.contains(name)
            if let one = part(member, old?[name], isKept: !isOwn) { members[name] = one }
        }
        return .object(members)
    }

    /// - Returns: nil for what is neither an object nor a list.
    private mutating func part(_ value: JSONValue, _ old: JSONValue?, isKept: Bool) -> JSONValue? {
        switch value {
        case .object(var members):
            if let old, old == value { return old }
            for (name, member) in members {
                if let one = part(member, old?[name], isKept: true) { members[name] = one }
            }
            let one = JSONValue.object(members)
            return isKept ? known.insert(one).memberAfterInsert : one
        case .array(var elements):
            if let old, old == value { return old }
            for index in elements.indices {
                if let one = part(elements[index], old?[index], isKept: true) { elements[index] = one }
            }
            let one = JSONValue.array(elements)
            return isKept ? known.insert(one).memberAfterInsert : one
        default: return nil
        }
    }
}
