import JSON
import Kubernetes

/// The options of writes. Source: k8s.io/apimachinery/pkg/apis/meta/v1/validation.
extension APICall {
    /// Whether the query says that nothing is to be kept; a deletion's own options may say so too.
    var isTrial: Bool { self["dryRun"] != nil }

    /// - Throws: 422 for a `dryRun` that is not `All`: what was meant as a trial is not to be done.
    func checkTrial() throws(APIStatus) {
        let kind: String
        switch method {
        case "POST": kind = "CreateOptions"
        case "PUT": kind = "UpdateOptions"
        case "PATCH": kind = "PatchOptions"
        case "DELETE": kind = "DeleteOptions"
        default: return
        }
        try Self.checkTrial(query.filter { $0.name == "dryRun" && !$0.value.isEmpty }.map(\.value), kind)
    }

    static func checkTrial(_ values: [String], _ kind: String) throws(APIStatus) {
        guard values.contains(where: { $0 != "All" }) else { return }
        let words = values.map { "\"\($0)\"" }.joined(separator: ", ")
        throw Refusals.invalidOptions(
            kind,
            .init(
                reason: "FieldValueNotSupported",
                message: "Unsupported value: []string{\(words)}: supported values: \"All\"", field: "dryRun"))
    }
}

extension Refusals {
    /// - Parameter kind: `ListOptions`, `DeleteOptions`, …
    static func invalidOptions(_ kind: String, _ cause: APIStatus.Details.Cause) -> APIStatus {
        APIStatus(
            code: 422, reason: "Invalid",
            message: "\(kind).meta.k8s.io \"\" is invalid: \(cause.field ?? ""): \(cause.message ?? "")",
            details: .init(group: "meta.k8s.io", kind: kind, causes: [cause]))
    }
}
