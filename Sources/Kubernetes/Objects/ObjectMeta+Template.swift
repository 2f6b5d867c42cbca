import FoundationEssentials
import JSON

extension ObjectMeta {
    /// The latest entry of `managedFields` that owns something of the pod template: who wrote it last, and when. Each
    /// manager has one entry, with the time of its last change. Nil where the fields were dropped.
    /// Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
    public var lastTemplateWrite: ManagedFieldsEntry? {
        (managedFields ?? [])
            .filter { $0.fieldsV1?["f:spec"]?["f:template"] != nil && $0.time != nil }
            .max { ($0.time ?? .distantPast) < ($1.time ?? .distantPast) }
    }
}
