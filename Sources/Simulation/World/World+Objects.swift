public import JSON
public import Kubernetes

/// How controllers and scenarios read and write the world. Faults of the API do not touch them: they are the cluster.
extension World {
    public func find(_ resource: Resource, _ namespace: String?, _ name: String) -> JSONValue? {
        store.find(resource, namespace, name)
    }

    /// - Parameter namespace: nil for all of them.
    public func all(_ resource: Resource, in namespace: String?) -> [JSONValue] { store.all(resource, in: namespace) }

    func owned(_ resource: Resource, by owner: JSONValue) -> [JSONValue] { store.owned(resource, by: owner.uid) }

    func dependents(of uid: String) -> [(resource: Resource, object: JSONValue)] {
        store.owned(by: uid).map { ($0.type.resource, $0.object) }
    }

    func holds(uid: String) -> Bool { store.holds(uid: uid) }

    /// The object of any kind that has this UID.
    func holder(ofUID uid: String) -> (resource: Resource, object: JSONValue)? {
        store.object(uid: uid).map { ($0.type.resource, $0.object) }
    }

    func content(of namespace: String) -> [(Resource, JSONValue)] {
        store.content(of: namespace).map { ($0.type.resource, $0.object) }
    }

    /// Whole seconds, as objects carry times.
    func stamp(_ time: Double) -> JSONValue { .string(Stamp.text(epoch + time)) }

    func seconds(of stamp: JSONValue?) -> Double? {
        stamp?.stringValue.flatMap { Stamp.seconds($0) }.map { $0 - epoch }
    }

    /// Makes an object as a client's request does: defaults, admission, validation.
    public mutating func add(
        _ resource: Resource, _ object: JSONValue, as manager: String
    ) -> Result<JSONValue, APIStatus> {
        let writer = Writer(manager, at: epoch + seconds, apiVersion: resource.apiVersion)
        do {
            guard let type = ResourceType.of(resource) else { return .failure(Refusals.unknownPath) }
            return .success(try make(type, object, by: writer, keepsStatus: true))
        } catch {
            return .failure(error)
        }
    }

    /// Changes an object as it is now; nothing happens when it is gone, another of that name, or nothing changes.
    public mutating func edit(
        _ resource: Resource, _ object: JSONValue, as manager: String, status: Bool = false,
        _ change: (inout JSONValue) -> Void
    ) {
        guard let old = find(resource, object.namespace, object.name), old.uid == object.uid else { return }
        let writer = Writer(
            manager, at: epoch + seconds, subresource: status ? "status" : nil, apiVersion: resource.apiVersion)
        let type = status ? nil : ResourceType.of(resource)
        store.mutate(resource, object.namespace, object.name, by: writer, isStatus: status) { object in
            change(&object)
            // As the server does: what is left out is filled in, or a ReplicaSet's template would never be its owner's.
            if let type { Defaults.set(type, &object) }
        }
    }

    /// Deletes an object; a pod that runs is given its grace period.
    public mutating func remove(
        _ resource: Resource, _ object: JSONValue, grace: Int? = nil, propagation: String? = nil
    ) {
        let deletion = Deletion(gracePeriodSeconds: grace, propagation: propagation, uid: object.uid)
        do {
            try store.delete(resource, object.namespace, object.name, deletion, at: epoch + seconds)
        } catch {
            // Gone, or another of that name: what was to be removed is not there any more.
            return
        }
    }

    /// The last step of a graceful deletion: the kubelet's, or the namespace controller's.
    mutating func finish(_ object: JSONValue, _ resource: Resource = .pods) {
        if resource == .namespaces {
            edit(resource, object, as: "kube-controller-manager") { $0.put([], at: "spec", "finalizers") }
        }
        remove(resource, object, grace: 0)
    }
}
