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
    public func list<Object: KubernetesObject>(
        _ type: Object.Type, namespace: String? = nil, query: [APIRequest.QueryItem] = [], limit: Int = 500
    ) async throws(APIError) -> ObjectList<Object> {
        var token: String?
        var whole: ObjectList<Object>?
        repeat {
            var page = query + [APIRequest.QueryItem("limit", String(limit))]
            if let token { page.append(APIRequest.QueryItem("continue", token)) }
            let answer = try decoded(
                ObjectList<Object>.self,
                await send(APIRequest(.list, Object.resource, namespace: namespace, query: page)))
            token = answer.metadata.continue.flatMap { $0.isEmpty ? nil : $0 }
            if whole == nil { whole = answer } else { whole?.items += answer.items }
            whole?.metadata = answer.metadata
        } while token != nil
        guard let whole else { throw APIError.invalidResponse("an empty list") }
        return whole
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ body: Data) throws(APIError) -> Value {
        do {
            return try JSONCoding.decode(type, from: body)
        } catch {
            throw APIError.invalidResponse("\(type): \(error)")
        }
    }
}
