import JSON
public import Kubernetes

/// What comes of a request through the API server to a Service or a pod.
public enum ProxyAnswer: Sendable {
    case refused(APIStatus)
    /// Nothing comes back until the API server gives up, so many seconds later, in these words.
    case silence(Double, APIStatus)
    /// `process` is the one of the program's processes that answered.
    case answered(status: Int, program: Program, process: String, service: String)
}

extension World {
    /// - Parameters:
    ///   - isWork: whether the request asks the program to do what it is for, or only whether it lives.
    ///   - turn: which of several endpoints that all answer is asked, counted round.
    /// Source: `ProxyREST` in pkg/registry/core/service/proxy.go of Kubernetes: it goes by endpoints, not by DNS.
    public func proxied(_ target: ProxyTarget, isWork: Bool, turn: Int = 0) -> ProxyAnswer {
        let question: Question = isWork ? .work : .health(path: target.path.isEmpty ? "/" : target.path)
        switch target.kind {
        case .node: return .refused(Self.unavailable("error trying to reach service: no proxy to nodes"))
        case .pod: return proxied(pod: target, question)
        case .service: break
        }
        guard let service = find(.services, target.namespace, target.name) else {
            return .refused(
                ResourceType.of(.services).map { Refusals.notFound($0, target.name) } ?? Refusals.unknownPath)
        }
        let ports = service.at("spec", "ports")?.arrayValue ?? []
        let port = ports.first { entry in
            target.port.isEmpty || entry["name"]?.stringValue == target.port
                || entry["port"]?.intValue == Int(target.port)
        }
        guard let port else {
            return .refused(
                Self.unavailable("no service port \"\(target.port)\" found for service \"\(target.name)\""))
        }
        let subsets = find(.endpoints, target.namespace, target.name)?["subsets"]?.arrayValue ?? []
        guard subsets.contains(where: { $0["addresses"]?.arrayValue?.isEmpty == false }) else {
            return .refused(Self.unavailable("no endpoints available for service \"\(target.name)\""))
        }
        return answer(reach(service, port: port["port"]?.intValue, from: nil, turn: turn, question), target.name)
    }

    private func proxied(pod target: ProxyTarget, _ question: Question) -> ProxyAnswer {
        guard let pod = find(.pods, target.namespace, target.name) else {
            return .refused(ResourceType.of(.pods).map { Refusals.notFound($0, target.name) } ?? Refusals.unknownPath)
        }
        guard let ip = pod.at("status", "podIP")?.stringValue else {
            return .refused(Self.unavailable("address not allowed"))
        }
        let declared = (pod.at("spec", "containers")?.arrayValue ?? []).flatMap { $0["ports"]?.arrayValue ?? [] }
        let port = Int(target.port) ?? declared.first?["containerPort"]?.intValue ?? 80
        return answer(reach(pod: ip, port: port, from: nil, question), pod.labels["app"] ?? target.name)
    }

    private func answer(_ reach: Reach, _ name: String) -> ProxyAnswer {
        switch reach {
        case .answered(let status, let program, let process):
            .answered(status: status, program: program, process: process, service: name)
        case .refused(let words): .refused(Self.unavailable("error trying to reach service: \(words)"))
        case .nameNotFound(let words): .refused(Self.unavailable("error trying to reach service: \(words)"))
        case .unreachable(let words), .timeout(let words):
            .silence(30, Self.unavailable("error trying to reach service: \(words)"))
        }
    }

    private static func unavailable(_ message: String) -> APIStatus {
        APIStatus(code: 503, reason: "ServiceUnavailable", message: message)
    }
}
