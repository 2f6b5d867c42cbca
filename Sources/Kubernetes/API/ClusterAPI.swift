public import FoundationEssentials
import JSON

/// A Kubernetes API, real or simulated. Everything above the adapters talks to a cluster through these two calls.
public protocol ClusterAPI: Sendable {
    /// Sends one request and returns the body of the 2xx answer.
    func send(_ request: APIRequest) async throws(APIError) -> Data

    /// Opens a watch or a followed log and yields its lines without their newline. The stream ends when the server
    /// ends it cleanly and throws `APIError` otherwise; leaving the loop closes the connection.
    func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error>
}

extension ClusterAPI {
    public func get<Object: KubernetesObject>(
        _ type: Object.Type, namespace: String? = nil, name: String
    ) async throws(APIError) -> Object {
        try decoded(Object.self, await send(APIRequest(.get, Object.resource, namespace: namespace, name: name)))
    }

    /// Every page of a list, `limit` objects a page.
    ///
    /// A continue token that expired in mid-list (410) starts the list once more in a single page, as client-go does.
    /// - Parameter version: another version of the object's group than the type's own, as discovery found it.
    public func list<Object: KubernetesObject>(
        _ type: Object.Type, namespace: String? = nil, query: [APIRequest.QueryItem] = [], limit: Int = 500,
        version: String? = nil
    ) async throws(APIError) -> ObjectList<Object> {
        var resource = Object.resource
        if let version { resource.version = version }
        var token: String?
        var whole: ObjectList<Object>?
        repeat {
            var page = query + [APIRequest.QueryItem("limit", String(limit))]
            if let token { page.append(APIRequest.QueryItem("continue", token)) }
            var request = APIRequest(.list, resource, namespace: namespace, query: page)
            request.isMetadataOnly = Object.isKnownByMetadata
            let answer: ObjectList<Object>
            do {
                answer = try decoded(ObjectList<Object>.self, await send(request))
            } catch {
                guard error.status?.code == 410, token != nil else { throw error }
                request.query = query
                let again = request
                return try decoded(ObjectList<Object>.self, await send(again))
            }
            token = answer.metadata.continue.flatMap { $0.isEmpty ? nil : $0 }
            if whole == nil { whole = answer } else { whole?.items += answer.items }
            whole?.metadata = answer.metadata
        } while token != nil
        guard let whole else { throw APIError.invalidResponse("an empty list") }
        return whole
    }

    /// A body as a value. - Throws: `APIError.invalidResponse`.
    func decoded<Value: Decodable>(
        _ type: Value.Type, _ body: Data, retention: Retention = .everything
    ) throws(APIError) -> Value {
        do {
            return try JSONCoding.decode(type, from: body, userInfo: retention.userInfo)
        } catch {
            throw APIError.invalidResponse("\(type): \(error)")
        }
    }
}
