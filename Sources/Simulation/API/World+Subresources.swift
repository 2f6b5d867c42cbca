import JSON
import Kubernetes

/// What hangs below an object: its size, its place, its end, its log, a way to it.
extension World {
    mutating func subresource(
        _ name: String, _ call: APICall, _ address: APIAddress, _ user: APIUser
    ) throws(APIStatus) -> APIAnswer {
        switch (name, call.method) {
        case ("scale", "GET"): return .value(200, Scale.of(try get(address), address))
        case ("scale", "PUT"), ("scale", "PATCH"): return try scale(call, address)
        case ("eviction", "POST"): return try evict(call, address)
        case ("binding", "POST"):
            return try bind(try call.object(), pod: address.name ?? "", namespace: address.namespace)
        case ("token", "POST"): return try token(call, address)
        case ("finalize", "PUT"): return try finalize(call, address)
        case ("log", "GET"):
            let cursor = try log(call, address)
            // A pod without a node has no log, and no error either.
            return try get(address).at("spec", "nodeName") == nil ? .text(204, "") : .log(cursor)
        case ("proxy", _):
            let parts = (address.name ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            // `https:name:port` names the scheme first.
            let own = parts.count == 3 ? Array(parts.dropFirst()) : parts
            return .proxy(
                ProxyTarget(
                    kind: address.type.kind == "Pod" ? .pod : address.type.kind == "Node" ? .node : .service,
                    namespace: address.namespace ?? "", name: own.first ?? "", port: own.count > 1 ? own[1] : "",
                    path: address.rest))
        default: throw Refusals.methodNotAllowed()
        }
    }

    private mutating func scale(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> APIAnswer {
        let old = try get(address)
        let current = Scale.of(old, address)
        let body = try call.object()
        let wanted: JSONValue =
            switch (call.method, call.contentType.hasPrefix("application/json-patch")) {
            case ("PUT", _): body
            case (_, true): try JSONPatch.apply(body, to: current)
            default: Patches.merge(body, into: current)
            }
        guard let replicas = wanted.at("spec", "replicas")?.intValue ?? (call.method == "PUT" ? 0 : nil) else {
            throw Refusals.badRequest(
                "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal "
                    + "\(Schema.kind(of: wanted.at("spec", "replicas"))) into Go struct field ScaleSpec.spec.replicas "
                    + "of type int32")
        }
        if replicas < 0 {
            throw APIStatus(
                code: 422, reason: "Invalid",
                message:
                    "Scale.autoscaling \"\(old.name)\" is invalid: spec.replicas: Invalid value: \(replicas): must "
                    + "be greater than or equal to 0",
                details: .init(
                    name: old.name, group: "autoscaling", kind: "Scale",
                    causes: [
                        Validation.invalid(
                            "spec.replicas", String(replicas), "must be greater than or equal to 0")
                    ]))
        }
        var new = old
        new.put(.integer(replicas), at: "spec", "replicas")
        for field in ["uid", "resourceVersion"] {
            if let value = wanted.at("metadata", field) { new.put(value, at: "metadata", field) }
        }
        let writer = Writer(
            call.fieldManager, at: epoch + seconds, subresource: "scale", apiVersion: address.apiVersion)
        if call.isTrial {
            var copy = store
            return .value(200, Scale.of(try copy.update(address.type.resource, new, by: writer), address))
        }
        return .value(200, Scale.of(try store.update(address.type.resource, new, by: writer), address))
    }

    mutating func bind(_ binding: JSONValue, pod name: String, namespace: String?) throws(APIStatus) -> APIAnswer {
        guard let type = ResourceType.of(.pods) else { throw Refusals.unknownPath }
        guard let pod = store.find(.pods, namespace, name) else { throw Refusals.notFound(type, name) }
        let node = pod.at("spec", "nodeName")?.stringValue ?? ""
        guard node.isEmpty else {
            throw Refusals.conflict(
                ResourceType.of(Resource(plural: "bindings", kind: "Binding")) ?? type, name,
                "pod \(name) is already assigned to node \"\(node)\"")
        }
        edit(.pods, pod, as: "kube-scheduler") {
            $0.put(binding.at("target", "name"), at: "spec", "nodeName")
        }
        return .value(201, ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201])
    }

    /// A token of a service account, in the form of a JWT: clients read from it whom it names. Its signature is but a
    /// name, by which this server knows it again.
    private mutating func token(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> APIAnswer {
        let account = try get(address)
        var user = APIUser.serviceAccount(account.namespace ?? "", account.name)
        let claims: JSONValue = ["iss": "https://kubernetes.default.svc.cluster.local", "sub": .string(user.name)]
        let parts = [JSONValue.object(["alg": "RS256"]).rendered, claims.rendered, Array(store.newUID().utf8)]
        let token = parts.map(Base64.urlText).joined(separator: ".")
        user.uid = account.uid
        api.tokens[token] = user
        var answer = call.body.isEmpty ? JSONValue.object([:]) : try call.object()
        answer["kind"] = "TokenRequest"
        answer["apiVersion"] = "authentication.k8s.io/v1"
        let life = Double(answer.at("spec", "expirationSeconds")?.intValue ?? 3600)
        answer["status"] = ["token": .string(token), "expirationTimestamp": stamp(seconds + life)]
        return .value(201, answer)
    }

    private mutating func finalize(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> APIAnswer {
        let body = try call.object()
        let old = try get(address)
        edit(.namespaces, old, as: call.fieldManager) {
            $0.put(body.at("spec", "finalizers") ?? [], at: "spec", "finalizers")
        }
        return .value(200, try presented(store.find(.namespaces, nil, old.name) ?? old, call, address))
    }
}

/// A workload's size. Source: https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/
enum Scale {
    static func of(_ object: JSONValue, _ address: APIAddress) -> JSONValue {
        var metadata: JSONValue = [:]
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = object.at("metadata", field)
        }
        let selector = Selectors.of(object.at("spec", "selector") ?? [:]).queryValue
        var spec: JSONValue = [:]
        if let replicas = object.at("spec", "replicas"), replicas != 0 { spec["replicas"] = replicas }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec,
            "status": ["replicas": object.at("status", "replicas") ?? 0, "selector": .string(selector)],
        ]
    }
}
