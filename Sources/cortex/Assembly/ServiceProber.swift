import Diagnosis
import FoundationEssentials
import Healing
import HTTPClient
import Incidents
import JSON
import Kubernetes
import KubernetesClient
import ToolMatching
import ToolServers

/// Asks a tool server for an MCP exchange and anything else for its probe path or a connection.
struct ServiceProber: ServiceProbing {
    let tools: any ToolCalling
    let transport: any HTTPTransport
    let client: KubernetesClient

    func answer(to probe: ServiceProbe) async -> ServiceAnswer? {
        if let pod = probe.pod, await !isReachable(pod) { return nil }
        let server = await tools.servers().first { $0.name == probe.service && $0.namespace == probe.namespace }
        guard var server else { return await connection(probe) }
        if let pod = probe.pod { server.url = Self.address(server.url, of: pod) }
        let asked = server
        return await within(probe.timeout) { await ask(asked, isDeep: probe.isDeep) }
    }

    private func ask(_ server: ToolServer, isDeep: Bool) async -> ServiceAnswer {
        if let failure = await tools.probe(server) {
            return Self.answer(failure, server)
        }
        let good = ServiceAnswer(kind: .ok, message: "it lists its tools")
        guard isDeep else { return good }
        do {
            guard let tool = try await tools.tools(of: server).first(where: \.isHarmless) else { return good }
            _ = try await tools.call(tool, arguments: [:], on: server)
            return ServiceAnswer(kind: .ok, message: "\(tool.name) answers")
        } catch {
            return Self.answer(error, server)
        }
    }

    private static func answer(_ failure: ToolFailure, _ server: ToolServer) -> ServiceAnswer {
        guard failure.kind == .forbidden else { return ServiceAnswer(kind: kind(failure), message: failure.message) }
        return ProxyAnswer.forbidden(failure.message, namespace: server.namespace)
    }

    /// Refusals are answers: whoever refuses works. An internal error is one too, but no proof of anything.
    private static func kind(_ failure: ToolFailure) -> ServiceAnswer.Kind {
        switch failure.kind {
        case .connectionRefused: .connectionRefused
        case .nameNotFound: .nameNotFound
        case .timeout, .cancelled: .timeout
        case .unreachable: .unreachable
        case .connectionReset: .connectionReset
        case .serverError, .internalError: .serverError
        case .protocolError: .protocolError
        case .unauthorized, .rejected, .unknownTool: .ok
        case .forbidden: .forbidden
        }
    }

    private func within(
        _ limit: Duration, _ operation: @escaping @Sendable () async -> ServiceAnswer
    ) async -> ServiceAnswer {
        await withTaskGroup(of: ServiceAnswer.self) { group in
            group.addTask(operation: operation)
            group.addTask {
                // Cancelled: the answer came first, and this one is not read.
                try? await Task.sleep(for: limit)
                return ServiceAnswer(kind: .timeout, message: "no answer within \(limit.inWords)")
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? ServiceAnswer(kind: .timeout, message: "no answer within \(limit.inWords)")
        }
    }

    /// Whether pods can be connected to from here at all; outside a cluster they often cannot.
    private func isReachable(_ pod: ProbeTarget.PodAddress) async -> Bool {
        let request = HTTPRequest(
            url: "http://\(Self.host(pod)):\(pod.port)/", connectTimeout: .seconds(1), timeout: .seconds(2))
        do {
            _ = try await transport.stream(request)
            return true
        } catch {
            return ![.connectTimeout, .unreachable].contains(error.kind)
        }
    }

    private func connection(_ probe: ServiceProbe) async -> ServiceAnswer? {
        let path = probe.path.map { $0.hasPrefix("/") ? $0 : "/" + $0 } ?? "/"
        if let pod = probe.pod {
            return await get("http://\(Self.host(pod)):\(pod.port)\(path)", probe, isProxied: false)
        }
        guard let port = probe.port else {
            return ServiceAnswer(kind: .nameNotFound, message: "there is no Service \(probe.service)")
        }
        let name = "http://\(probe.service).\(probe.namespace).svc:\(port)\(path)"
        guard !client.configuration.isInCluster else { return await get(name, probe, isProxied: false) }
        let request = HTTPRequest(url: name, timeout: probe.timeout)
        do {
            let proxied = try await client.proxied(
                service: probe.service, namespace: probe.namespace, port: port, path: path, request)
            return await get(proxied, probe, isProxied: true)
        } catch {
            return ServiceAnswer(kind: .unreachable, message: "\(error)")
        }
    }

    private func get(_ url: String, _ probe: ServiceProbe, isProxied: Bool) async -> ServiceAnswer {
        await get(HTTPRequest(url: url, timeout: probe.timeout), probe, isProxied: isProxied)
    }

    private func get(_ request: HTTPRequest, _ probe: ServiceProbe, isProxied: Bool) async -> ServiceAnswer {
        var request = request
        request.maximumBodyBytes = 1 << 20
        do {
            let response = try await transport.send(request)
            if isProxied, response.status >= 500, let answer = ProxyAnswer.kind(of: response.body) { return answer }
            if isProxied, response.status == 404, let answer = ProxyAnswer.missing(response.body) { return answer }
            if isProxied, response.status == 403,
                let answer = ProxyAnswer.refusal(response.body, namespace: probe.namespace)
            {
                return answer
            }
            // What the kubelet takes for a success of an HTTP probe; any other path may answer anything.
            let isGood =
                if probe.path != nil { 200..<400 ~= response.status } else { !isProxied || response.status < 500 }
            guard isGood else {
                return ServiceAnswer(kind: .serverError, message: "HTTP \(response.status)")
            }
            return ServiceAnswer(kind: .ok, message: "HTTP \(response.status)")
        } catch {
            // Of a request through the API server the address is that server's, and it is the service that is meant.
            let way = isProxied ? "\(probe.service) through the API server: " : ""
            return ServiceAnswer(kind: Self.kind(error), message: way + error.message)
        }
    }

    private static func kind(_ failure: HTTPFailure) -> ServiceAnswer.Kind {
        switch failure.kind {
        case .nameNotFound: .nameNotFound
        case .connectionRefused: .connectionRefused
        case .timeout, .cancelled: .timeout
        case .connectionReset: .connectionReset
        // Not even a connection: a process that hangs still accepts one.
        case .connectTimeout, .unreachable, .invalidURL, .proxy: .unreachable
        // Connected: whatever it speaks, somebody listens.
        case .tls, .protocolError, .bodyTooLarge: .ok
        // Not asked at all: asked again, and the healing's own deadline ends it.
        case .overloaded: .unreachable
        }
    }

    private static func host(_ pod: ProbeTarget.PodAddress) -> String {
        pod.ip.contains(":") ? "[\(pod.ip)]" : pod.ip
    }

    /// The same URL at the pod's own address.
    private static func address(_ url: String, of pod: ProbeTarget.PodAddress) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let path = url[scheme.upperBound...].drop { $0 != "/" }
        return "\(url[..<scheme.upperBound])\(host(pod)):\(pod.port)\(path)"
    }
}
