import JSON
import Kubernetes

/// The server's errors, in its own words.
/// Source: k8s.io/apimachinery/pkg/api/errors of Kubernetes.
enum Refusals {
    static let unknownPath = APIStatus(
        code: 404, reason: "NotFound", message: "the server could not find the requested resource", details: .init())

    private static func details(_ type: ResourceType, _ name: String?) -> APIStatus.Details {
        .init(
            name: name, group: type.resource.group.isEmpty ? nil : type.resource.group, kind: type.resource.plural)
    }

    static func notFound(_ type: ResourceType, _ name: String) -> APIStatus {
        APIStatus(
            code: 404, reason: "NotFound", message: "\(type.qualifiedName) \"\(name)\" not found",
            details: details(type, name))
    }

    static func alreadyExists(_ type: ResourceType, _ name: String) -> APIStatus {
        APIStatus(
            code: 409, reason: "AlreadyExists", message: "\(type.qualifiedName) \"\(name)\" already exists",
            details: details(type, name))
    }

    static func conflict(_ type: ResourceType, _ name: String) -> APIStatus {
        conflict(
            type, name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// On an update. Source: `preconditions.Check` in k8s.io/apiserver/pkg/storage.
    static func uidConflict(_ type: ResourceType, _ name: String, expected: String, actual: String) -> APIStatus {
        conflict(type, name, "Precondition failed: UID in precondition: \(expected), UID in object meta: \(actual)")
    }

    /// On a deletion, which names the kind. Source: `BeforeDelete` in k8s.io/apiserver/pkg/registry/rest/delete.go.
    static func deletionConflict(
        _ type: ResourceType, _ name: String, _ field: String, expected: String, actual: String
    ) -> APIStatus {
        let end = field == "UID" ? "deleted and then recreated" : "modified"
        let kind = type.resource.group.isEmpty ? type.kind : "\(type.kind).\(type.resource.group)"
        return APIStatus(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(kind) \"\(name)\": the \(field) in the precondition "
                + "(\(expected)) does not match the \(field) in record (\(actual)). The object might have been \(end)",
            details: .init(
                name: name, group: type.resource.group.isEmpty ? nil : type.resource.group, kind: type.kind))
    }

    static func conflict(_ type: ResourceType, _ name: String, _ why: String) -> APIStatus {
        APIStatus(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(type.qualifiedName) \"\(name)\": \(why)",
            details: details(type, name))
    }

    static func nameless(_ type: ResourceType) -> APIStatus {
        invalid(
            type, "",
            [
                .init(
                    reason: "FieldValueRequired", message: "Required value: name or generateName is required",
                    field: "metadata.name")
            ])
    }

    /// An update that says not which state it was decided on, of a kind that asks for it.
    /// Source: `Update` in k8s.io/apiserver/pkg/registry/generic/registry/store.go, which names the resource.
    static func versionless(_ type: ResourceType, _ name: String) -> APIStatus {
        let cause = APIStatus.Details.Cause(
            reason: "FieldValueInvalid", message: "Invalid value: 0x0: must be specified for an update",
            field: "metadata.resourceVersion")
        var details = details(type, name)
        details.causes = [cause]
        return APIStatus(
            code: 422, reason: "Invalid",
            message: "\(type.qualifiedName) \"\(name)\" is invalid: metadata.resourceVersion: \(cause.message ?? "")",
            details: details)
    }

    /// What a patch makes, or is, cannot be read.
    /// Source: `applyPatchToObject` in k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
    static func invalidPatch(_ value: JSONValue, _ why: String) -> APIStatus {
        let shown = JSONValue.string(String(decoding: value.rendered, as: UTF8.self)).rendered
        let cause = APIStatus.Details.Cause(
            reason: "FieldValueInvalid",
            message: "Invalid value: \(String(decoding: shown, as: UTF8.self)): \(why)", field: "patch")
        return APIStatus(
            code: 422, reason: "Invalid", message: " \"\" is invalid: patch: \(cause.message ?? "")",
            details: .init(causes: [cause]))
    }

    /// - Parameter causes: each message without its field, which is put before it.
    static func invalid(_ type: ResourceType, _ name: String, _ causes: [APIStatus.Details.Cause]) -> APIStatus {
        let texts = causes.map { "\($0.field ?? ""): \($0.message ?? "")" }
        let words = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        let kind = type.resource.group.isEmpty ? type.kind : "\(type.kind).\(type.resource.group)"
        return APIStatus(
            code: 422, reason: "Invalid", message: "\(kind) \"\(name)\" is invalid: \(words)",
            details: .init(
                name: name, group: type.resource.group.isEmpty ? nil : type.resource.group, kind: type.kind,
                causes: causes))
    }

    static func forbidden(_ type: ResourceType, _ name: String, _ why: String) -> APIStatus {
        APIStatus(
            code: 403, reason: "Forbidden", message: "\(type.qualifiedName) \"\(name)\" is forbidden: \(why)",
            details: details(type, name))
    }

    static func badRequest(_ message: String) -> APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: message)
    }

    static func internalError(_ message: String, code: Int = 500) -> APIStatus {
        APIStatus(
            code: code, reason: "InternalError", message: "Internal error occurred: \(message)",
            details: .init(causes: [.init(message: message)]))
    }

    static func expired(_ message: String) -> APIStatus {
        APIStatus(code: 410, reason: "Expired", message: message)
    }

    static func tooManyRequests(_ message: String, retryAfter: Int, causes: [APIStatus.Details.Cause]? = nil)
        -> APIStatus
    {
        APIStatus(
            code: 429, reason: "TooManyRequests", message: message,
            details: .init(causes: causes, retryAfterSeconds: retryAfter == 0 ? nil : retryAfter))
    }

    static func methodNotAllowed() -> APIStatus {
        APIStatus(
            code: 405, reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource", details: .init())
    }
}
