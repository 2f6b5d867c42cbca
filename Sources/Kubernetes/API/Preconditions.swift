import JSON

/// The state of an object that a write was decided on. A server that finds another one answers 409.
public struct Preconditions: Sendable, Hashable {
    public var uid: String?
    public var resourceVersion: String?

    public init(uid: String? = nil, resourceVersion: String? = nil) {
        self.uid = uid
        self.resourceVersion = resourceVersion
    }

    /// Exactly this state of this object.
    public init(_ reference: ObjectReference) {
        self.init(uid: reference.uid, resourceVersion: reference.resourceVersion)
    }

    public var isEmpty: Bool { uid == nil && resourceVersion == nil }

    /// As `DeleteOptions.preconditions`.
    var deletion: JSONValue {
        var value: JSONValue = [:]
        value["uid"] = uid.map(JSONValue.string)
        value["resourceVersion"] = resourceVersion.map(JSONValue.string)
        return value
    }

    /// A merge or apply patch that fails on another state: the API compares what `metadata` names.
    func added(to patch: JSONValue) -> JSONValue {
        guard !isEmpty, patch.objectValue != nil else { return patch }
        var metadata = patch["metadata"] ?? [:]
        if let uid { metadata["uid"] = .string(uid) }
        if let resourceVersion { metadata["resourceVersion"] = .string(resourceVersion) }
        var patch = patch
        patch["metadata"] = metadata
        return patch
    }

    /// The same for a JSON patch: tests before its operations.
    func tests(before operations: JSONValue) -> JSONValue {
        var tests: [JSONValue] = []
        if let uid { tests.append(["op": "test", "path": "/metadata/uid", "value": .string(uid)]) }
        if let resourceVersion {
            tests.append([
                "op": "test", "path": "/metadata/resourceVersion", "value": .string(resourceVersion),
            ])
        }
        return .array(tests + (operations.arrayValue ?? []))
    }
}
