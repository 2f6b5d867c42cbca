import JSON
import Kubernetes

/// Which state a list shows.
/// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
struct ListVersion: Hashable, Sendable {
    /// The state right after this change; nil for the newest.
    var revision: Int?

    /// - Throws: 422 for options that do not go together, 410 for a state that is compacted, 504 for one that is not
    ///   there yet.
    init(_ call: APICall, _ store: ObjectStore) throws(APIStatus) {
        let match = call["resourceVersionMatch"]
        try Self.check(match, call)
        guard let text = call["resourceVersion"], text != "0" else { return }
        guard call["continue"] == nil else {
            throw Refusals.badRequest("specifying resource version is not allowed when using continue")
        }
        let wanted = try Self.number(text)
        guard wanted <= store.revision else { throw Self.tooLarge(wanted, store) }
        // Without a match a page of a list is of just that state, and a whole list of that one or a newer one.
        guard match == "Exact" || match == nil && call["limit"] != nil else { return }
        guard wanted >= store.compacted else {
            throw Refusals.expired("The resourceVersion for the provided list is too old.")
        }
        revision = wanted
    }

    private static func check(_ match: String?, _ call: APICall) throws(APIStatus) {
        guard let match else { return }
        let version = call["resourceVersion"]
        func forbidden(_ why: String) -> APIStatus {
            Refusals.invalidOptions(
                "ListOptions",
                .init(
                    reason: "FieldValueForbidden", message: "Forbidden: \(why)",
                    field: "resourceVersionMatch"))
        }
        if version == nil {
            throw forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided")
        }
        if call["continue"] != nil { throw forbidden("resourceVersionMatch is forbidden when continue is provided") }
        guard ["Exact", "NotOlderThan"].contains(match) else {
            throw Refusals.invalidOptions(
                "ListOptions",
                .init(
                    reason: "FieldValueNotSupported",
                    message: "Unsupported value: \"\(match)\": supported values: \"Exact\", \"NotOlderThan\", \"\"",
                    field: "resourceVersionMatch"))
        }
        if match == "Exact", version == "0" {
            throw forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
        }
    }

    /// - Throws: 500 for what is no number, as the server does.
    static func number(_ text: String) throws(APIStatus) -> Int {
        if let number = Int(text), number >= 0 { return number }
        throw APIStatus(
            code: 500,
            message: "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": "
                + "invalid syntax")
    }

    /// A read of one object, or of many, that must not be older than a state which is not there yet.
    static func tooLarge(_ wanted: Int, _ store: ObjectStore) -> APIStatus {
        APIStatus(
            code: 504, reason: "Timeout",
            message: "Timeout: Too large resource version: \(wanted), current: \(store.revision)",
            details: .init(
                causes: [.init(reason: "ResourceVersionTooLarge", message: "Too large resource version")],
                retryAfterSeconds: 1))
    }
}
