import JSON
import Kubernetes

/// Whether a request gets an answer follows from names, Services, endpoints, policies and the program behind them.
extension World {
    /// What is asked of a program.
    public enum Question: Hashable, Sendable {
        /// A GET of a path that shows a sign of life.
        case health(path: String)
        /// A request that makes the program do what it is for.
        case work
        /// Only a connection.
        case connection
    }

    /// Asks a Service by its name.
    /// - Parameters:
    ///   - port: the Service's port; nil for its first.
    ///   - from: the namespace of the pod that asks; nil for one that no policy names.
    public func reach(
        service name: String, in namespace: String, port: Int? = nil, from: String? = nil, _ question: Question
    ) -> Reach {
        let host = "\(name).\(namespace).svc.cluster.local"
        if machines.isDNSDown { return .nameNotFound(Self.noNameService(host)) }
        guard let service = find(.services, namespace, name) else {
            return .nameNotFound("lookup \(host): no such host")
        }
        return reach(service, port: port, from: from, question)
    }

    /// As Go's resolver says it when the Service of the cluster's DNS has no endpoints.
    private static func noNameService(_ host: String) -> String {
        let server = "10.43.0.10:53"
        return "lookup \(host) on \(server): read udp 10.42.0.1:51234->\(server): read: connection refused"
    }

    /// Asks a Service by its cluster address, without DNS.
    /// - Parameter turn: which of several endpoints that all answer is asked, counted round.
    func reach(_ service: JSONValue, port: Int?, from: String?, turn: Int = 0, _ question: Question) -> Reach {
        let address = service.at("spec", "clusterIP")?.stringValue ?? ""
        let ports = service.at("spec", "ports")?.arrayValue ?? []
        guard let entry = port.map({ wanted in ports.first { $0["port"]?.intValue == wanted } }) ?? ports.first else {
            return .unreachable("dial tcp \(address):\(port ?? 0): i/o timeout")
        }
        let number = entry["port"]?.intValue ?? 0
        guard let endpoints = find(.endpoints, service.namespace, service.name) else {
            return .refused("dial tcp \(address):\(number): connect: connection refused")
        }
        // Every endpoint has its share of the requests: the worst tells what users see.
        var answers: [Reach] = []
        for subset in endpoints["subsets"]?.arrayValue ?? [] {
            let target = (subset["ports"]?.arrayValue ?? []).first { $0["name"] == entry["name"] }?["port"]?.intValue
            for place in subset["addresses"]?.arrayValue ?? [] {
                guard let target, let ip = place["ip"]?.stringValue else { continue }
                let answer = reach(pod: ip, port: target, from: from, question)
                if !answer.isGood { return answer }
                answers.append(answer)
            }
        }
        guard answers.isEmpty else { return answers[turn % answers.count] }
        return .refused("dial tcp \(address):\(number): connect: connection refused")
    }

    /// Asks one pod by its address.
    public func reach(pod ip: String, port: Int, from: String?, _ question: Question) -> Reach {
        let silence = Reach.unreachable("dial tcp \(ip):\(port): i/o timeout")
        guard let uid = machines.addresses[ip], let runtime = machines.pods[uid],
            let pod = find(.pods, runtime.namespace, runtime.name), pod.uid == uid
        else { return .unreachable("dial tcp \(ip):\(port): connect: no route to host") }
        if let node = pod.nodeName, machines.machines[node]?.isRuntimeDown == true { return silence }
        if blocks(pod, port: port, from: from) != nil { return silence }
        let refused = Reach.refused("dial tcp \(ip):\(port): connect: connection refused")
        let listening = runtime.containers.first { $0.process?.isListening(on: port, at: seconds) == true }
        guard let container = listening, let process = container.process else { return refused }
        let answer: RunningProcess.Answer =
            switch question {
            case .health(let path): process.answer(port: port, path: path, at: seconds)
            case .work: process.work(port: port, at: seconds)
            case .connection: .status(200)
            }
        switch answer {
        case .refused: return refused
        case .silent: return .timeout("no answer from \(ip):\(port) within the time")
        case .status(let code): return .answered(status: code, program: process.program, process: container.id)
        }
    }

    /// The name of the NetworkPolicy that keeps a request from a pod; nil when none does.
    /// Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
    func blocks(_ pod: JSONValue, port: Int, from: String?) -> String? {
        let policies = all(.networkPolicies, in: pod.namespace).filter { policy in
            let types = (policy.at("spec", "policyTypes")?.arrayValue ?? ["Ingress"]).compactMap(\.stringValue)
            return types.contains("Ingress") && LabelMatch.selector(policy.at("spec", "podSelector"), pod.labels)
        }
        guard let first = policies.first else { return nil }
        let isAllowed = policies.contains { policy in
            (policy.at("spec", "ingress")?.arrayValue ?? []).contains { rule in
                allows(rule, port: port, from: from, to: pod.namespace ?? "")
            }
        }
        return isAllowed ? nil : first.name
    }

    private func allows(_ rule: JSONValue, port: Int, from: String?, to namespace: String) -> Bool {
        if let ports = rule["ports"]?.arrayValue, !ports.isEmpty {
            guard ports.contains(where: { $0["port"]?.intValue == port || $0["port"] == nil }) else { return false }
        }
        guard let peers = rule["from"]?.arrayValue, !peers.isEmpty else { return true }
        return peers.contains { peer in
            if let selector = peer["namespaceSelector"] {
                let labels = from.flatMap { find(.namespaces, nil, $0) }?.labels ?? [:]
                return from != nil && LabelMatch.selector(selector, labels)
            }
            return peer["podSelector"] != nil && from == namespace
        }
    }
}

extension World: PodSurroundings {
    var images: ImageCatalogue { machines.images }

    func lack(of need: ContainerPlan.Need, namespace: String) -> String? {
        guard let object = find(need.resource, namespace, need.name) else { return need.absence }
        guard let key = need.key, object.at("data", key) == nil else { return nil }
        return "couldn't find key \(key) in \(need.resource.kind) \(namespace)/\(need.name)"
    }

    /// What the API server says to a service account that may not list what it asks for; nil when it may.
    private func refusal(of right: Program.Right, in namespace: String) -> String? {
        let user = APIUser.serviceAccount(namespace, right.account)
        var request = AccessRequest(verb: "list")
        request.resource = right.resource
        request.namespace = namespace
        guard !Authorizer.allows(user, request, store) else { return nil }
        let type = ResourceType.of(group: "", plural: right.resource)
        return request.refusal(of: user, type).message
    }

    func obstacle(to dependency: Program.Dependency, from namespace: String) -> String? {
        let labels = dependency.host.split(separator: ".").map(String.init)
        let name = labels.first ?? dependency.host
        let space = labels.count > 1 ? labels[1] : namespace
        if let right = dependency.right { return refusal(of: right, in: namespace) }
        if dependency.isLookupOnly {
            if machines.isDNSDown { return ";; connection timed out; no servers could be reached" }
            return find(.services, space, name) == nil ? "can't resolve '\(dependency.host)'" : nil
        }
        switch reach(service: name, in: space, port: dependency.port, from: namespace, .connection) {
        case .answered: return nil
        case .nameNotFound(let words), .refused(let words), .unreachable(let words), .timeout(let words): return words
        }
    }
}
