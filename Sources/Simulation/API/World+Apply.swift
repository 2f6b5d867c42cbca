import JSON
import Kubernetes

/// The API server: one call in, one answer out.
extension World {
    /// Answers as the server does, faults included.
    public mutating func apply(_ call: APICall, as user: APIUser) -> APIOutcome {
        endFaultsInTime()
        let faults = api.faults
        if faults.isGone { return .unreachable }
        if faults.isQuiet { return .answer(answer(call, as: user), after: 0) }
        let dice = (0..<6).map { _ in api.random.fraction() }
        if dice[0] < faults.tooManyRequests {
            return .answer(
                .refused(
                    Refusals.tooManyRequests("Too many requests, please try again later.", retryAfter: 1)), after: 0)
        }
        if dice[1] < faults.internalErrors {
            return .answer(.refused(Refusals.internalError("etcdserver: request timed out")), after: 0)
        }
        if dice[2] < faults.lostBefore { return .lost }
        let answer = dice[5] < faults.stale ? staleAnswer(call, as: user) : answer(call, as: user)
        if dice[3] < faults.lostAfter { return .lost }
        return .answer(answer, after: dice[4] < faults.slow ? faults.slowSeconds : 0)
    }

    /// The API server is well again when its time has come.
    mutating func endFaultsInTime() {
        guard let end = api.faultsEnd, seconds >= end else { return }
        api.faults = .none
        api.faultsEnd = nil
    }

    /// Answers without faults.
    public mutating func answer(_ call: APICall, as user: APIUser) -> APIAnswer {
        do {
            return try route(call, user)
        } catch {
            return .refused(error)
        }
    }

    /// The user behind a bearer token; nil for a token that nobody gave out, and for one whose account is gone.
    public func user(ofToken token: String) -> APIUser? {
        guard let user = api.tokens[token] else { return nil }
        return user.uid.map { holds(uid: $0) } ?? true ? user : nil
    }

    private mutating func route(_ call: APICall, _ user: APIUser) throws(APIStatus) -> APIAnswer {
        guard let address = APIAddress(path: call.path) else {
            let request = AccessRequest(verb: call.method.lowercased(), path: call.path)
            // A path that is no kind looks like a kind to those who may not see the difference.
            guard Authorizer.allows(user, request, store) else { throw request.refusal(of: user, nil) }
            if let answer = Discovery.answer(call) { return answer }
            return try Discovery.nothing(at: call.path)
        }
        let verb = try Self.verb(of: call, address)
        var request = AccessRequest(verb: verb, group: address.type.resource.group)
        request.resource = address.type.resource.plural + (address.subresource.map { "/" + $0 } ?? "")
        request.name = address.name ?? ""
        request.namespace = address.namespace ?? (address.type.kind == "Namespace" ? address.name ?? "" : "")
        api.asked["\(verb) \(address.type.qualifiedName)\(address.subresource.map { "/" + $0 } ?? "")", default: 0] += 1
        guard Authorizer.allows(user, request, store) else { throw request.refusal(of: user, address.type) }
        if let subresource = address.subresource, subresource != "status" {
            return try self.subresource(subresource, call, address, user)
        }
        if address.type.isReview { return try review(call, address, user) }
        if address.type.isVirtual { return try virtual(call, address) }
        try call.checkTrial()
        switch verb {
        case "get":
            let wanted =
                try call["resourceVersion"].map { (text) throws(APIStatus) in try ListVersion.number(text) } ?? 0
            guard wanted <= store.revision else { throw ListVersion.tooLarge(wanted, store) }
            return .value(200, try presented(get(address), call, address))
        case "list":
            if let over = PageToken.expiry(call, store) { return .value(410, over) }
            return .value(200, try list(call, address))
        case "watch": return .watch(try watch(call, address))
        case "create": return .value(201, try presented(create(call, address, user), call, address))
        case "update": return .value(200, try presented(update(call, address, user), call, address))
        case "patch": return try patch(call, address, user)
        case "delete": return try delete(call, address)
        default: return .value(200, try deleteCollection(call, address))
        }
    }

    /// The verb as RBAC names it.
    static func verb(of call: APICall, _ address: APIAddress) throws(APIStatus) -> String {
        switch (call.method, address.name) {
        case ("GET", .none): call.isSet("watch") || address.isOldWatch ? "watch" : "list"
        case ("GET", .some), ("HEAD", _): address.isOldWatch ? "watch" : "get"
        case ("POST", _): "create"
        case ("PUT", .some): "update"
        case ("PATCH", .some): "patch"
        case ("DELETE", .some): "delete"
        case ("DELETE", .none): "deletecollection"
        default: throw Refusals.methodNotAllowed()
        }
    }

    func get(_ address: APIAddress) throws(APIStatus) -> JSONValue {
        let name = address.name ?? ""
        guard let object = store.find(address.type.resource, address.namespace, name) else {
            throw Refusals.notFound(address.type, name)
        }
        return object
    }

    /// An object in the version and the form that the call asks for.
    func presented(_ object: JSONValue, _ call: APICall, _ address: APIAddress) throws(APIStatus) -> JSONValue {
        let object = Versions.outward(object, address.type, address.version)
        return call.wantsTable
            ? Table.of([object], address.type, call, now: epoch + seconds, list: object["metadata"] ?? [:]) : object
    }

    private mutating func review(
        _ call: APICall, _ address: APIAddress, _ user: APIUser
    ) throws(APIStatus) -> APIAnswer {
        guard call.method == "POST" else { throw Refusals.methodNotAllowed() }
        var object = try call.object()
        object["apiVersion"] = .string(address.apiVersion)
        object["kind"] = .string(address.type.kind)
        if address.type.kind == "Binding" {
            return try bind(object, pod: object.name, namespace: address.namespace)
        }
        return .value(201, Reviews.answer(address.type, object, by: user, self))
    }

    /// A read as a lagging watch cache answers it: what changed in the last moments is not in it yet.
    private mutating func staleAnswer(_ call: APICall, as user: APIUser) -> APIAnswer {
        guard call.method == "GET", call["resourceVersion"] == nil || call["resourceVersion"] == "0",
            let past = store.past(changes: 5)
        else { return answer(call, as: user) }
        let now = store
        store = past
        defer { store = now }
        return answer(call, as: user)
    }
}
