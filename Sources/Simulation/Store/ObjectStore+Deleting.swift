public import JSON
public import Kubernetes

/// What `DeleteOptions` asks for.
public struct Deletion: Hashable, Sendable {
    /// nil for the object's own; 0 removes a pod at once.
    public var gracePeriodSeconds: Int?
    /// `Background`, `Foreground`, `Orphan`; nil for the kind's default.
    public var propagation: String?
    public var uid: String?
    public var resourceVersion: String?
    /// Whether nothing is to be done: the answer alone is wanted.
    public var isTrial = false

    public init(
        gracePeriodSeconds: Int? = nil, propagation: String? = nil, uid: String? = nil, resourceVersion: String? = nil
    ) {
        self.gracePeriodSeconds = gracePeriodSeconds
        self.propagation = propagation
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}

extension ObjectStore {
    /// Deletes, or marks for deletion what has a grace period or finalizers.
    /// Source: `BeforeDelete` in k8s.io/apiserver/pkg/registry/rest/delete.go.
    /// - Returns: the object as it is (or was) now, and whether it is gone.
    @discardableResult public mutating func delete(
        _ resource: Resource, _ namespace: String?, _ name: String, _ deletion: Deletion = Deletion(), at time: Double
    ) throws(APIStatus) -> (object: JSONValue, isGone: Bool) {
        guard let type = ResourceType.of(resource) else { throw Refusals.unknownPath }
        let key = ObjectKey(type.resource.isNamespaced ? namespace : nil, name)
        guard var object = find(type, key) else { throw Refusals.notFound(type, name) }
        if let uid = deletion.uid, uid != object.uid {
            throw Refusals.deletionConflict(type, name, "UID", expected: uid, actual: object.uid)
        }
        if let version = deletion.resourceVersion, version != object.at("metadata", "resourceVersion")?.stringValue {
            throw Refusals.deletionConflict(
                type, name, "ResourceVersion", expected: version,
                actual: object.at("metadata", "resourceVersion")?.stringValue ?? "")
        }
        let before = object
        if type.kind == "Pod", markPod(&object, deletion, at: time) {
            return (object == before ? before : write(type, object), false)
        }
        if type.kind == "Namespace", markNamespace(&object, at: time) {
            return (object == before ? before : write(type, object), false)
        }
        addFinalizer(for: deletion, &object)
        guard (object.at("metadata", "finalizers")?.arrayValue ?? []).isEmpty else {
            mark(&object, grace: 0, at: time)
            return (object == before ? before : write(type, object), false)
        }
        return (erase(type, key) ?? object, true)
    }

    private func mark(_ object: inout JSONValue, grace: Int, at time: Double) {
        if !object.isBeingDeleted, object.generation > 0 {
            object.put(.integer(object.generation + 1), at: "metadata", "generation")
        }
        if !object.isBeingDeleted || object.at("metadata", "deletionGracePeriodSeconds")?.intValue ?? 0 > grace {
            object.put(.string(Stamp.text(time + Double(grace))), at: "metadata", "deletionTimestamp")
            object.put(.integer(grace), at: "metadata", "deletionGracePeriodSeconds")
        }
    }

    /// - Returns: whether the pod stays for now: its kubelet stops it first.
    private func markPod(_ pod: inout JSONValue, _ deletion: Deletion, at time: Double) -> Bool {
        var grace = deletion.gracePeriodSeconds ?? pod.at("spec", "terminationGracePeriodSeconds")?.intValue ?? 30
        // Nothing runs that would have to be stopped. Source: pkg/registry/core/pod/strategy.go
        if (pod.at("spec", "nodeName")?.stringValue ?? "").isEmpty { grace = 0 }
        if ["Succeeded", "Failed"].contains(pod.at("status", "phase")?.stringValue) { grace = 0 }
        guard grace > 0 else { return false }
        mark(&pod, grace: max(1, grace), at: time)
        return true
    }

    private func markNamespace(_ namespace: inout JSONValue, at time: Double) -> Bool {
        guard !(namespace.at("spec", "finalizers")?.arrayValue ?? []).isEmpty else { return false }
        if !namespace.isBeingDeleted {
            namespace.put(.string(Stamp.text(time)), at: "metadata", "deletionTimestamp")
            namespace.put("Terminating", at: "status", "phase")
        }
        return true
    }

    private func addFinalizer(for deletion: Deletion, _ object: inout JSONValue) {
        let wanted: String? =
            switch deletion.propagation {
            case "Foreground" where !owned(by: object.uid).isEmpty: "foregroundDeletion"
            case "Orphan" where !owned(by: object.uid).isEmpty: "orphan"
            default: nil
            }
        guard let wanted else { return }
        var finalizers = object.at("metadata", "finalizers")?.arrayValue ?? []
        if !finalizers.contains(.string(wanted)) { finalizers.append(.string(wanted)) }
        object.put(.array(finalizers), at: "metadata", "finalizers")
    }
}
