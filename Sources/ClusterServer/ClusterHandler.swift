import HTTPServer
import JSON
import Kubernetes
import Simulation

/// HTTP to calls and answers to HTTP.
struct ClusterHandler: HTTPHandler {
    let cluster: LiveCluster

    func respond(to request: ServerRequest) -> ServerReply {
        .later { [cluster] in await Self.answer(request, cluster) }
    }

    private static func answer(_ request: ServerRequest, _ cluster: LiveCluster) async -> ServerResponse {
        var call = APICall(request.method, request.path, body: request.body)
        call.query = request.query.map { APICall.Item($0.name, $0.value) }
        call.accept = request.header("Accept") ?? "application/json"
        call.contentType = request.header("Content-Type") ?? "application/json"
        call.userAgent = request.header("User-Agent") ?? "unknown"
        let token = request.header("Authorization").flatMap { text in
            text.hasPrefix("Bearer ") ? String(text.dropFirst(7)) : nil
        }
        switch cluster.apply(call, token: token, as: impersonated(request)) {
        case .unreachable: return status(503, "apiserver not ready")
        case .lost:
            // The client's own deadline comes first.
            await pause(.seconds(60))
            return status(504, "the request was lost")
        case .answer(let answer, let delay):
            if delay > 0 { await pause(cluster.duration(delay)) }
            return await response(answer, request, cluster)
        }
    }

    private static func impersonated(_ request: ServerRequest) -> APIUser? {
        guard let name = request.header("Impersonate-User") else { return nil }
        let groups = request.headers.filter { $0.name.lowercased() == "impersonate-group" }.map(\.value)
        let parts = name.split(separator: ":").map(String.init)
        if groups.isEmpty, parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" {
            return .serviceAccount(parts[2], parts[3])
        }
        return APIUser(name: name, groups: groups + ["system:authenticated"])
    }

    private static func response(
        _ answer: APIAnswer, _ request: ServerRequest, _ cluster: LiveCluster
    ) async -> ServerResponse {
        switch answer {
        case .value(let code, let value): return json(code, value)
        case .text(let code, let text):
            return ServerResponse(
                status: code, headers: [("Content-Type", "text/plain; charset=utf-8")], body: .bytes(Array(text.utf8)))
        case .watch(let cursor):
            return ServerResponse(
                headers: [("Content-Type", "application/json")], body: .stream(cluster.body(of: cursor)))
        case .log(let cursor):
            return ServerResponse(headers: [("Content-Type", "text/plain")], body: .stream(cluster.body(of: cursor)))
        case .proxy(let target): return await proxied(target, request, cluster)
        }
    }

    private static func proxied(
        _ target: ProxyTarget, _ request: ServerRequest, _ cluster: LiveCluster
    ) async -> ServerResponse {
        switch cluster.proxied(target, isWork: request.method == "POST") {
        case .refused(let refusal): return status(refusal.code, refusal.message ?? "", refusal.reason)
        case .silence(let seconds, let refusal):
            await pause(cluster.duration(seconds))
            return status(refusal.code, refusal.message ?? "", refusal.reason)
        case .answered(let code, let program, let service):
            guard (200..<300).contains(code) else { return json(code, ["status": "unhealthy"]) }
            return ProgramAnswer.of(request, path: target.path, program: program, service: service)
        }
    }

    static func json(_ code: Int, _ value: JSONValue) -> ServerResponse {
        ServerResponse(
            status: code, headers: [("Content-Type", "application/json")], body: .bytes(value.rendered + [10]))
    }

    private static func status(_ code: Int, _ message: String, _ reason: String? = nil) -> ServerResponse {
        json(
            code,
            [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
                "message": .string(message), "reason": .string(reason ?? "ServiceUnavailable"),
                "code": .integer(Int64(code)),
            ])
    }

    private static func pause(_ time: Duration) async {
        do {
            try await Task.sleep(for: time)
        } catch {
            // The server stops: whoever waits is answered at once.
            return
        }
    }
}
