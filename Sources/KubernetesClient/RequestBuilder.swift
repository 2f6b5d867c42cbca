internal import FoundationEssentials
internal import HTTPClient
internal import Kubernetes

/// Turns a request to the API into a request over HTTP. No I/O.
struct RequestBuilder: Sendable {
    var configuration: ClusterConfiguration
    var options: ClientOptions

    /// A list of metadata, which every server since 1.15 knows.
    private static let metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

    func request(_ request: APIRequest, with credential: Credential, timeout: Duration?) -> HTTPRequest {
        var http = HTTPRequest(
            method: method(of: request), url: url(of: request), body: request.body, timeout: timeout,
            maximumBodyBytes: options.maximumBodyBytes)
        http.headers = [(name: "Accept", value: request.isMetadataOnly ? Self.metadata : "application/json, */*")]
        if request.body != nil { http.headers.append((name: "Content-Type", value: contentType(of: request))) }
        return authorized(http, with: credential)
    }

    /// Adds who Cortex is and how the server is reached; what the caller set under the same names is replaced.
    func authorized(_ request: HTTPRequest, with credential: Credential) -> HTTPRequest {
        var own = [(name: "User-Agent", value: options.userAgent)]
        if let authorization = credential.authorization {
            own.append((name: "Authorization", value: authorization))
        }
        own += configuration.impersonation?.headers ?? []
        let replaced = Set(own.map { $0.name.lowercased() } + ["authorization"])
        var request = request
        request.headers = request.headers.filter { !replaced.contains($0.name.lowercased()) } + own
        request.tls = configuration.tls
        if let certificate = credential.clientCertificate, let key = credential.clientKey {
            request.tls.clientCertificate = certificate
            request.tls.clientKey = key
        }
        request.proxy = configuration.proxy
        return request
    }

    func url(of request: APIRequest) -> String {
        var query = request.query
        func add(_ name: String, _ value: String) {
            if !query.contains(where: { $0.name == name }) { query.append(APIRequest.QueryItem(name, value)) }
        }
        switch request.verb {
        case .watch: add("watch", "true")
        case .create, .update, .patch: add("fieldManager", options.fieldManager)
        case .get, .list, .delete: break
        }
        let url = configuration.server + PercentEncoding.path(request.path)
        if query.isEmpty { return url }
        return url + "?"
            + query.map { PercentEncoding.segment($0.name) + "=" + PercentEncoding.segment($0.value) }
            .joined(separator: "&")
    }

    private func method(of request: APIRequest) -> String {
        switch request.verb {
        case .get, .list, .watch: "GET"
        case .create: "POST"
        case .update: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        }
    }

    private func contentType(of request: APIRequest) -> String {
        if case .patch(let kind) = request.verb { kind.rawValue } else { "application/json" }
    }
}
