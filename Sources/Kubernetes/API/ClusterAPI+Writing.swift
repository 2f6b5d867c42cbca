import FoundationEssentials
public import JSON

extension ClusterAPI {
    /// - Returns: the object as the server has it now.
    public func create<Object: KubernetesObject>(
        _ object: Object, namespace: String? = nil
    ) async throws(APIError) -> Object {
        let value = try typed(object)
        let request = APIRequest(
            .create, Object.resource, namespace: namespace ?? object.metadata.namespace, body: value.encoded)
        return try decoded(Object.self, await send(request))
    }

    /// Creates an object as its manifest has it, which names it: sent twice it is created once.
    public func create<Object: KubernetesObject>(
        _ type: Object.Type, _ manifest: JSONValue, namespace: String?
    ) async throws(APIError) -> Object {
        let request = APIRequest(
            .create, Object.resource, namespace: namespace, body: manifest.encoded, hasPrecondition: true)
        return try decoded(Object.self, await send(request))
    }

    /// - Returns: the object as the server has it now.
    public func patch<Object: KubernetesObject>(
        _ type: Object.Type, namespace: String? = nil, name: String, _ kind: APIRequest.Patch, change: JSONValue,
        preconditions: Preconditions = Preconditions()
    ) async throws(APIError) -> Object {
        let request = APIRequest.patch(
            kind, Object.resource, namespace: namespace, name: name, change: change, preconditions: preconditions)
        return try decoded(Object.self, await send(request))
    }

    public func scale(_ resource: Resource, namespace: String, name: String) async throws(APIError) -> Scale {
        let request = APIRequest(.get, resource, namespace: namespace, name: name, subresource: "scale")
        return try decoded(Scale.self, await send(request))
    }

    public func setScale(
        _ resource: Resource, namespace: String, name: String, replicas: Int, preconditions: Preconditions
    ) async throws(APIError) -> Scale {
        let request = APIRequest.scale(
            resource, namespace: namespace, name: name, replicas: replicas, preconditions: preconditions)
        return try decoded(Scale.self, await send(request))
    }

    /// - Throws: a status 429 when a PodDisruptionBudget forbids it now.
    public func evict(
        pod name: String, namespace: String, version: String, preconditions: Preconditions = Preconditions()
    ) async throws(APIError) {
        _ = try await send(.evict(pod: name, namespace: namespace, version: version, preconditions: preconditions))
    }

    public func delete<Object: KubernetesObject>(
        _ type: Object.Type, namespace: String? = nil, name: String, preconditions: Preconditions,
        gracePeriodSeconds: Int? = nil
    ) async throws(APIError) {
        _ = try await send(
            .delete(
                Object.resource, namespace: namespace, name: name, preconditions: preconditions,
                gracePeriodSeconds: gracePeriodSeconds))
    }

    /// The log of one container as text; bytes that are not UTF-8 are replaced.
    public func log(
        pod name: String, namespace: String, _ options: LogOptions = LogOptions()
    ) async throws(APIError) -> String {
        let request = APIRequest(
            .get, .pods, namespace: namespace, name: name, subresource: "log", query: options.query)
        return String(decoding: try await send(request), as: UTF8.self)
    }

    /// The object as JSON, with the `apiVersion` and `kind` that a create asks for.
    private func typed<Object: KubernetesObject>(_ object: Object) throws(APIError) -> JSONValue {
        do {
            var value = try JSONCoding.decode(JSONValue.self, from: JSONCoding.encode(object))
            value["apiVersion"] = .string(Object.resource.apiVersion)
            value["kind"] = .string(Object.resource.kind)
            return value
        } catch {
            throw .invalidResponse("\(Object.resource.kind) cannot be written as JSON: \(error)")
        }
    }
}
