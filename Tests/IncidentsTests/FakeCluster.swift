import FoundationEssentials
import JSON
import Kubernetes
import Synchronization

/// A namespace `shop` with one Deployment and its Service, whose controllers carry out a scaling at once.
final class FakeCluster: ClusterAPI {
    struct State {
        var replicas = 0
        var version = 100
        var requests: [APIRequest] = []
        var refusals: [String: APIError] = [:]
        /// The only namespace in which anything may be seen.
        var confinement: String?
        var isHeld = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var watchers: [AsyncThrowingStream<Data, any Error>.Continuation] = []
        var leases = FakeLeases()
    }

    private let state = Mutex(State())
    let name: String
    /// A second Service over the same pods.
    let alias: String?
    /// `cortex.io/heal` of the namespace.
    let mode: String?
    /// When somebody set an image that is not there; no pod is ready then.
    let badImageSince: Date?
    /// Called with each request before it is answered.
    let onRequest: @Sendable (APIRequest) -> Void

    init(
        name: String = "web", alias: String? = nil, replicas: Int = 0, mode: String? = nil, badImageSince: Date? = nil,
        onRequest: @escaping @Sendable (APIRequest) -> Void = { _ in }
    ) {
        self.onRequest = onRequest
        self.badImageSince = badImageSince
        self.name = name
        self.alias = alias
        self.mode = mode
        state.withLock { $0.replicas = replicas }
    }

    var replicas: Int { state.withLock { $0.replicas } }
    /// But for Events and leases.
    var writes: [APIRequest] {
        state.withLock { $0.requests.filter { $0.verb.isWrite && ![.events, .leases].contains($0.resource) } }
    }
    /// The leases that somebody holds, each with its holder.
    var leases: [String: String] { state.withLock { $0.leases.holders } }
    /// What was asked of leases, by its verb.
    var leaseVerbs: [String] { state.withLock { $0.requests.filter { $0.resource == .leases }.map(\.verb.name) } }
    var recordedEvents: [APIRequest] {
        state.withLock { $0.requests.filter { $0.verb.isWrite && $0.resource == .events } }
    }

    /// Every request of this verb and resource is answered with the error.
    func refuse(_ verb: String, _ plural: String, _ error: APIError) {
        state.withLock { $0.refusals["\(verb) \(plural)"] = error }
    }

    func answerAgain(_ verb: String, _ plural: String) {
        state.withLock { $0.refusals["\(verb) \(plural)"] = nil }
    }

    /// Somebody has held a lease for this long.
    func put(lease name: String, of holder: String, renewed: Date) {
        state.withLock { $0.leases.put(name, holder, renewed) }
    }

    /// Whatever is not of this namespace is forbidden.
    func confine(to namespace: String) { state.withLock { $0.confinement = namespace } }

    /// Writes wait until they are released.
    func holdWrites() { state.withLock { $0.isHeld = true } }

    func releaseWrites() {
        let waiters = state.withLock { state in
            state.isHeld = false
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func send(_ request: APIRequest) async throws(APIError) -> Data {
        onRequest(request)
        let refusal = state.withLock { state -> APIError? in
            state.requests.append(request)
            if let only = state.confinement, request.namespace != only {
                return .status(
                    APIStatus(code: 403, reason: "Forbidden", message: "\(request.resource.plural) is forbidden"))
            }
            return state.refusals["\(request.verb.name) \(request.resource.plural)"]
        }
        if let refusal { throw refusal }
        if request.resource == .leases {
            return try state.withLock { state throws(APIError) in try state.leases.answer(request) }
        }
        if request.verb.isWrite, request.resource != .events { await waitForRelease() }
        return state.withLock { answer(request, &$0) }
    }

    func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> {
        AsyncThrowingStream { continuation in
            continuation.yield(Data("{}".utf8))
            state.withLock { $0.watchers.append(continuation) }
        }
    }

    private func waitForRelease() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.waiters.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
    }

    private func answer(_ request: APIRequest, _ state: inout State) -> Data {
        if request.subresource == "scale", let body = request.body {
            let patch = Self.decode(body)
            state.replicas = patch[1]?["value"]?.intValue ?? state.replicas
            state.version += 1
            for watcher in state.watchers { watcher.yield(Data("{}".utf8)) }
            return Data("{}".utf8)
        }
        let services = [name, alias].compactMap { $0 }
        let items: [JSONValue] =
            switch request.resource {
            case .deployments: [deployment(state)]
            case .replicaSets where badImageSince != nil:
                [
                    Self.replicaSet(of: name, 1, "web:1", replicas: 0),
                    Self.replicaSet(of: name, 2, Self.badImage, replicas: state.replicas),
                ]
            case .pods where badImageSince != nil: (0..<state.replicas).map { Self.waitingPod(of: name, $0) }
            case .services: services.map(service)
            case .namespaces:
                [
                    [
                        "metadata": [
                            "name": "shop",
                            "annotations": .object(mode.map { ["cortex.io/heal": .string($0)] } ?? [:]),
                        ]
                    ]
                ]
            case .endpoints: services.map { endpoints($0, state) }
            default: []
            }
        if let name = request.name {
            return Self.encode(items.first { $0["metadata"]?["name"]?.stringValue == name } ?? [:])
        }
        return Self.encode(["metadata": ["resourceVersion": "1"], "items": .array(items)])
    }

    static func decode(_ data: Data) -> JSONValue {
        do {
            return try JSONCoding.decode(JSONValue.self, from: data)
        } catch {
            preconditionFailure("a request's body is JSON: \(error)")
        }
    }

    /// The Deployment as the API shows it now.
    var deployment: Deployment {
        let body = Self.encode(state.withLock { deployment($0) })
        do {
            return try JSONCoding.decode(Deployment.self, from: body)
        } catch {
            preconditionFailure("the Deployment decodes: \(error)")
        }
    }

    /// Somebody scales it.
    func scale(to replicas: Int) {
        state.withLock { state in
            state.replicas = replicas
            state.version += 1
        }
    }

    static func encode(_ value: JSONValue) -> Data {
        do {
            return try JSONCoding.encode(value)
        } catch {
            preconditionFailure("a JSON value encodes: \(error)")
        }
    }

    private func deployment(_ state: State) -> JSONValue {
        let count = JSONValue.integer(Int64(state.replicas))
        let ready = badImageSince == nil ? count : 0
        return [
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": "d1", "resourceVersion": .string("\(state.version)"),
                "generation": 2,
                "annotations": badImageSince == nil ? [:] : ["deployment.kubernetes.io/revision": "2"],
                "managedFields": badImageSince.map(Self.fields(writtenAt:)) ?? [],
            ],
            "spec": [
                "replicas": count, "selector": ["matchLabels": ["app": "web"]],
                "template": Self.template(badImageSince == nil ? "web:1" : Self.badImage),
            ],
            "status": [
                "observedGeneration": 2, "replicas": count, "updatedReplicas": count, "readyReplicas": ready,
                "availableReplicas": ready,
                "conditions": [["type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"]],
            ],
        ]
    }

    private func service(_ name: String) -> JSONValue {
        [
            "metadata": ["name": .string(name), "namespace": "shop", "resourceVersion": "7"],
            "spec": ["selector": ["app": "web"], "clusterIP": "10.43.0.1", "ports": [["port": 80, "name": "http"]]],
        ]
    }

    private func endpoints(_ name: String, _ state: State) -> JSONValue {
        let ready = badImageSince == nil ? state.replicas : 0
        let addresses = (0..<ready).map { JSONValue.object(["ip": .string("10.42.0.\($0 + 2)")]) }
        return [
            "metadata": ["name": .string(name), "namespace": "shop"],
            "subsets": addresses.isEmpty
                ? [] : [["addresses": .array(addresses), "ports": [["port": 80, "name": "http"]]]],
        ]
    }
}
