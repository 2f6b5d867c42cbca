public import JSON
public import Kubernetes

/// Who writes, when, and how the server names it in `managedFields`.
public struct Writer: Hashable, Sendable {
    public var manager: String
    /// Seconds since 1970.
    public var time: Double
    /// `Update` or `Apply`.
    public var operation: String
    public var subresource: String?
    /// `apps/v1`, as the client addressed the object.
    public var apiVersion: String

    public init(
        _ manager: String, at time: Double, operation: String = "Update", subresource: String? = nil,
        apiVersion: String = "v1"
    ) {
        self.manager = manager
        self.time = time
        self.operation = operation
        self.subresource = subresource
        self.apiVersion = apiVersion
    }
}

/// The writes as the registry of the real server does them: identity, generation, resourceVersion, finalizers and
/// graceful deletion. What is written was validated before.
/// Source: k8s.io/apiserver/pkg/registry/rest of Kubernetes.
extension ObjectStore {
    /// - Parameters:
    ///   - keepsStatus: for what is made by the cluster itself, such as a Node.
    ///   - uid: nil for a new one.
    public mutating func create(
        _ resource: Resource, _ object: JSONValue, by writer: Writer, keepsStatus: Bool = false, uid: String? = nil
    ) throws(APIStatus) -> JSONValue {
        guard let type = ResourceType.of(resource) else { throw Refusals.unknownPath }
        var object = object
        if object.name.isEmpty, let prefix = object.at("metadata", "generateName")?.stringValue, !prefix.isEmpty {
            object.put(.string(String(prefix.prefix(58)) + newSuffix()), at: "metadata", "name")
        }
        guard !object.name.isEmpty else { throw Refusals.nameless(type) }
        guard find(type, ObjectKey(object)) == nil else { throw Refusals.alreadyExists(type, object.name) }
        if let version = object.at("metadata", "resourceVersion")?.stringValue, !version.isEmpty {
            throw Refusals.internalError("resourceVersion should not be set on objects to be created", code: 500)
        }
        object.put(.string(uid ?? newUID()), at: "metadata", "uid")
        object.put(.string(Stamp.text(writer.time)), at: "metadata", "creationTimestamp")
        for field in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
            object.put(nil, at: "metadata", field)
        }
        object.put(type.hasGeneration ? 1 : nil, at: "metadata", "generation")
        if type.hasStatus, !keepsStatus || object["status"] == nil { object["status"] = InitialStatus.of(type, object) }
        ManagedFields.record(nil, &object, by: writer, &self)
        return write(type, object)
    }

    /// Replaces an object, or its status only.
    /// - Returns: the object as it is now; unchanged, with its resourceVersion, when nothing differs.
    public mutating func update(
        _ resource: Resource, _ object: JSONValue, by writer: Writer, isStatus: Bool = false
    ) throws(APIStatus) -> JSONValue {
        guard let type = ResourceType.of(resource) else { throw Refusals.unknownPath }
        let key = ObjectKey(object)
        guard let old = find(type, key) else { throw Refusals.notFound(type, object.name) }
        if let uid = object.at("metadata", "uid")?.stringValue, !uid.isEmpty, uid != old.uid {
            throw Refusals.uidConflict(type, object.name, expected: uid, actual: old.uid)
        }
        if let version = object.at("metadata", "resourceVersion")?.stringValue, !version.isEmpty,
            version != old.at("metadata", "resourceVersion")?.stringValue
        {
            throw Refusals.conflict(type, object.name)
        }
        var new = Self.merged(object, over: old, type, isStatus: isStatus)
        guard new != old else { return old }
        ManagedFields.record(old, &new, by: writer, &self)
        if new.isBeingDeleted, (new.at("metadata", "finalizers")?.arrayValue ?? []).isEmpty, isReadyToGo(type, new) {
            return erase(type, key) ?? new
        }
        return write(type, new)
    }

    /// What an update may change: all but the identity, and either the status or the rest.
    private static func merged(
        _ object: JSONValue, over old: JSONValue, _ type: ResourceType, isStatus: Bool
    ) -> JSONValue {
        var new = object
        if isStatus {
            new = old
            new["status"] = object["status"]
            // A Node's conditions and a pod's phase come with labels and annotations of the kubelet.
            if let annotations = object.at("metadata", "annotations") {
                new.put(annotations, at: "metadata", "annotations")
            }
            return new
        }
        if type.hasStatus { new["status"] = old["status"] }
        for field in [
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
            "resourceVersion", "namespace", "generateName", "selfLink", "managedFields",
        ] {
            new.put(old.at("metadata", field), at: "metadata", field)
        }
        guard type.hasGeneration else { return new }
        var changed = old
        changed["metadata"] = nil
        changed["status"] = nil
        var changing = new
        changing["metadata"] = nil
        changing["status"] = nil
        // A Deployment's annotations count too. Source: pkg/registry/apps/deployment/strategy.go
        let isAnnotated =
            type.kind == "Deployment"
            && old.at("metadata", "annotations") != new.at("metadata", "annotations")
        if changed != changing || isAnnotated { new.put(.integer(old.generation + 1), at: "metadata", "generation") }
        return new
    }

    /// A pod waits for its kubelet, a namespace for what is in it.
    private func isReadyToGo(_ type: ResourceType, _ object: JSONValue) -> Bool {
        switch type.kind {
        case "Pod": (object.at("metadata", "deletionGracePeriodSeconds")?.intValue ?? 0) == 0
        case "Namespace": (object.at("spec", "finalizers")?.arrayValue ?? []).isEmpty
        default: true
        }
    }

    /// Changes an object in place, whatever its resourceVersion is; nothing happens when it is gone.
    @discardableResult public mutating func mutate(
        _ resource: Resource, _ namespace: String?, _ name: String, by writer: Writer, isStatus: Bool = false,
        _ change: (inout JSONValue) -> Void
    ) -> JSONValue? {
        guard var object = find(resource, namespace, name) else { return nil }
        change(&object)
        do {
            return try update(resource, object, by: writer, isStatus: isStatus)
        } catch {
            preconditionFailure("a change decided on the object that is stored was refused: \(error)")
        }
    }
}
