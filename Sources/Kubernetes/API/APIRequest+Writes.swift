import FoundationEssentials
public import JSON

extension APIRequest {
    /// A patch of one object or of its subresource.
    ///
    /// - Parameters:
    ///   - change: an array of operations for a JSON patch, else the partial object.
    ///   - preconditions: put into the body, so that the write fails with 409 on any other state (or 422, JSON patch).
    public static func patch(
        _ kind: Patch, _ resource: Resource, namespace: String?, name: String, subresource: String? = nil,
        change: JSONValue, preconditions: Preconditions = Preconditions(), query: [QueryItem] = []
    ) -> APIRequest {
        let body = kind == .json ? preconditions.tests(before: change) : preconditions.added(to: change)
        // Only the resourceVersion names one state; a UID alone lets the same patch act twice.
        return APIRequest(
            .patch(kind), resource, namespace: namespace, name: name, subresource: subresource, query: query,
            body: body.encoded, hasPrecondition: preconditions.resourceVersion != nil)
    }

    /// Sets the size of a workload through its `scale` subresource.
    public static func scale(
        _ resource: Resource, namespace: String, name: String, replicas: Int, preconditions: Preconditions
    ) -> APIRequest {
        patch(
            .merge, resource, namespace: namespace, name: name, subresource: "scale",
            change: ["spec": ["replicas": .integer(Int64(replicas))]], preconditions: preconditions)
    }

    /// Evicts one pod, which holds to PodDisruptionBudgets: 429 when one forbids it now.
    ///
    /// - Parameter version: of `policy`: `v1` from Kubernetes 1.22 on, `v1beta1` up to 1.24.
    public static func evict(
        pod name: String, namespace: String, version: String, preconditions: Preconditions = Preconditions(),
        gracePeriodSeconds: Int? = nil
    ) -> APIRequest {
        var body: JSONValue = [
            "apiVersion": .string("policy/" + version), "kind": "Eviction",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ]
        if let options = deleteOptions(preconditions, gracePeriodSeconds, nil) { body["deleteOptions"] = options }
        return APIRequest(
            .create, .pods, namespace: namespace, name: name, subresource: "eviction", body: body.encoded,
            hasPrecondition: !preconditions.isEmpty)
    }

    /// - Parameter propagation: `Background`, `Foreground` or `Orphan`; nil for the kind's default.
    public static func delete(
        _ resource: Resource, namespace: String?, name: String, preconditions: Preconditions,
        gracePeriodSeconds: Int? = nil, propagation: String? = nil
    ) -> APIRequest {
        var body = deleteOptions(preconditions, gracePeriodSeconds, propagation)
        body?["apiVersion"] = "v1"
        body?["kind"] = "DeleteOptions"
        return APIRequest(
            .delete, resource, namespace: namespace, name: name, body: body?.encoded,
            hasPrecondition: !preconditions.isEmpty)
    }

    private static func deleteOptions(
        _ preconditions: Preconditions, _ gracePeriodSeconds: Int?, _ propagation: String?
    ) -> JSONValue? {
        var options: JSONValue = [:]
        if !preconditions.isEmpty { options["preconditions"] = preconditions.deletion }
        if let gracePeriodSeconds { options["gracePeriodSeconds"] = .integer(Int64(gracePeriodSeconds)) }
        if let propagation { options["propagationPolicy"] = .string(propagation) }
        return options == [:] ? nil : options
    }
}

extension JSONValue {
    /// As a request body. Only NaN and infinities cannot be encoded, and no request holds one.
    var encoded: Data {
        do {
            return try JSONCoding.encode(self)
        } catch {
            preconditionFailure("a request body that is not JSON: \(error)")
        }
    }
}
