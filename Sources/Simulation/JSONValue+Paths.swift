public import JSON

extension JSONValue {
    /// A number of either kind.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The member at a path of keys; nil when any of them is absent.
    func at(_ path: String...) -> JSONValue? {
        var value = self
        for key in path {
            guard let next = value[key] else { return nil }
            value = next
        }
        return value
    }

    /// Sets or, with nil, removes the member at a path; objects on the way are made.
    mutating func put(_ value: JSONValue?, at path: String...) { put(value, path[...]) }

    private mutating func put(_ value: JSONValue?, _ path: ArraySlice<String>) {
        guard let key = path.first else {
            if let value { self = value }
            return
        }
        var members: [String: JSONValue] = [:]
        if case .object(let own) = self {
            members = own
            self = .null  // so that the dictionary is not copied
        }
        if path.count == 1 {
            members[key] = value
        } else {
            var child = members.removeValue(forKey: key) ?? .object([:])
            if value != nil || child != .object([:]) {
                child.put(value, path.dropFirst())
                members[key] = child
            }
        }
        self = .object(members)
    }

    var name: String { at("metadata", "name")?.stringValue ?? "" }
    var namespace: String? { at("metadata", "namespace")?.stringValue }
    var uid: String { at("metadata", "uid")?.stringValue ?? "" }
    var isBeingDeleted: Bool { at("metadata", "deletionTimestamp") != nil }
    var labels: [String: String] { strings("metadata", "labels") }
    var annotations: [String: String] { strings("metadata", "annotations") }
    var generation: Int { at("metadata", "generation")?.intValue ?? 0 }

    private func strings(_ first: String, _ second: String) -> [String: String] {
        (at(first, second)?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    /// The reference to the owner that controls it.
    var controller: JSONValue? {
        at("metadata", "ownerReferences")?.arrayValue?.first { $0["controller"]?.boolValue == true }
    }

    static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
