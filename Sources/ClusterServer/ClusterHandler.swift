import HTTPServer
import JSON
import Kubernetes
import Simulation

/// HTTP to calls and answers to HTTP.
struct ClusterHandler: HTTPHandler {
    let cluster: LiveCluster
    let sessions = SessionBook()
    var audit: AuditLog?
    /// Begins a restart of the server.
    var restart: @Sendable () -> Void = {}

    func respond(to request: ServerRequest) -> ServerReply {
        .later { await answer(request) }
    }

    private func answer(_ request: ServerRequest) async -> ServerResponse {
        let token = request.header("Authorization").flatMap { text in
            text.hasPrefix("Bearer ") ? String(text.dropFirst(7)) : nil
        }
        guard let user = cluster.user(ofToken: token, as: Self.impersonated(request)) else {
            return Self.status(401, "Unauthorized", "Unauthorized")
        }
        if let control = ClusterControl.of(request.method, request.path) { return act(control, request, as: user) }
        var call = APICall(request.method, request.path, body: request.body)
        call.query = request.query.map { APICall.Item($0.name, $0.value) }
        call.accept = request.header("Accept") ?? "application/json"
        call.contentType = request.header("Content-Type") ?? "application/json"
        call.userAgent = request.header("User-Agent") ?? "unknown"
        guard let audit, let audited = AuditedRequest(call) else { return await answer(call, request, user) }
        let received = cluster.microTime
        let response = await answer(call, request, user)
        var isOpen = false
        if case .stream = response.body { isOpen = true }
        await audit.append(
            AuditLog.Entry(
                request: audited, user: user, uri: request.path, userAgent: call.userAgent, code: response.status,
                isOpen: isOpen, receivedAt: received, stampedAt: cluster.microTime))
        return response
    }

    private func answer(_ call: APICall, _ request: ServerRequest, _ user: APIUser) async -> ServerResponse {
        switch cluster.apply(call, as: user) {
        case .unreachable: return Self.status(503, "apiserver not ready")
        case .lost:
            // The client's own deadline comes first.
            await Self.pause(.seconds(60))
            return Self.status(504, "the request was lost")
        case .answer(let answer, let delay):
            if delay > 0 { await Self.pause(cluster.duration(delay)) }
            return await response(answer, request)
        }
    }

    private func act(_ control: ClusterControl?, _ request: ServerRequest, as user: APIUser) -> ServerResponse {
        guard user.isAdministrator else {
            return Self.status(403, "only an administrator may change the simulation", "Forbidden")
        }
        switch control {
        case .restart:
            restart()
            return ServerResponse(status: 202)
        case .hang(let namespace, let pod):
            let isDone = cluster.withWorld { $0.hang(pod: pod, in: namespace) }
            return isDone ? ServerResponse(status: 202) : Self.status(404, "no such pod runs: \(pod)", "NotFound")
        case .fault(let name, let namespace, let workload):
            guard let parameters = Self.parameters(request.body) else {
                return Self.status(400, "a fault's parameters are one JSON object", "BadRequest")
            }
            do {
                let fault = try Fault(name, at: workload, in: namespace, given: parameters)
                let refusal = cluster.withWorld { fault.inject(into: &$0) }
                return refusal.map { Self.status(404, $0, "NotFound") } ?? ServerResponse(status: 202)
            } catch {
                return Self.status(400, "\(error)", "BadRequest")
            }
        case nil:
            return Self.status(
                404,
                "it takes POST /simulation/restart, /simulation/hang/NAMESPACE/POD "
                    + "and /simulation/fault/FAULT/NAMESPACE/WORKLOAD", "NotFound")
        }
    }

    /// - Returns: nil for what is no JSON object; no body has no parameters.
    private static func parameters(_ body: [UInt8]) -> [String: String]? {
        if body.isEmpty { return [:] }
        do {
            guard case .object(let parameters) = try JSONValue(parsing: body) else { return nil }
            return Fault.given(parameters)
        } catch {
            return nil
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

    private func response(_ answer: APIAnswer, _ request: ServerRequest) async -> ServerResponse {
        switch answer {
        case .value(let code, let value): return Self.json(code, value)
        case .text(let code, let text):
            return ServerResponse(
                status: code, headers: [("Content-Type", "text/plain; charset=utf-8")], body: .bytes(Array(text.utf8)))
        case .watch(let cursor):
            return ServerResponse(
                headers: [("Content-Type", "application/json")], body: .stream(cluster.body(of: cursor)))
        case .log(let cursor):
            return ServerResponse(headers: [("Content-Type", "text/plain")], body: .stream(cluster.body(of: cursor)))
        case .proxy(let target): return await proxied(target, request)
        }
    }

    private func proxied(_ target: ProxyTarget, _ request: ServerRequest) async -> ServerResponse {
        switch cluster.proxied(target, isWork: ProgramAnswer.isWork(request)) {
        case .refused(let refusal): return Self.status(refusal.code, refusal.message ?? "", refusal.reason)
        case .silence(let seconds, let refusal):
            await Self.pause(cluster.duration(seconds))
            return Self.status(refusal.code, refusal.message ?? "", refusal.reason)
        case .answered(let code, let program, let process, let service):
            guard (200..<300).contains(code) else { return Self.json(code, ["status": "unhealthy"]) }
            let name = program.answers.isEmpty ? service : program.answers
            let answer = ProgramAnswer(
                catalogue: .of(name), service: service, process: process,
                sessions: program.keepsSessions ? sessions : nil)
            return answer.response(to: request, path: target.path)
        }
    }

    static func json(_ code: Int, _ value: JSONValue) -> ServerResponse {
        var writer = JSONWriter(reserving: room(for: value))
        writer.write(value)
        writer.endLine()
        return ServerResponse(
            status: code, headers: [("Content-Type", "application/json")], body: .bytes(writer.bytes))
    }

    /// A list of ten thousand pods that outgrew its room again and again would take twice as much for a while.
    private static func room(for value: JSONValue) -> Int {
        guard let items = value["items"]?.arrayValue, items.count > 100 else { return 0 }
        return (items.count + 2) * (items[items.count / 2].rendered.count + 16)
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
