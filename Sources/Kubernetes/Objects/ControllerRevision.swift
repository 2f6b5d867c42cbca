public import JSON

/// One revision of a StatefulSet or DaemonSet, as its controller keeps it.
public struct ControllerRevision: KubernetesObject {
    public static var resource: Resource { .controllerRevisions }

    public var metadata: ObjectMeta
    /// A strategic merge patch of the set: `{"spec": {"template": {…, "$patch": "replace"}}}`.
    public var data: JSONValue?
    public var revision: Int64

    /// The pod template, without the mark that makes it a patch; nil where the data hold none.
    public var template: JSONValue? {
        guard var template = data?["spec"]?["template"] else { return nil }
        template["$patch"] = nil
        return template
    }
}
