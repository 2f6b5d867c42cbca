import JSON

extension JSONValue {
    /// Without the members that are null: a client that writes null means that it says nothing.
    var withoutNulls: JSONValue {
        switch self {
        case .object(let members):
            .object(members.filter { $0.value != .null }.mapValues(\.withoutNulls))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}
