import FoundationEssentials
import HTTPClient
import JSON
import Kubernetes
import KubernetesClient
import Testing

private let kubeconfig = ProcessInfo.processInfo.environment["CORTEX_E2E_KUBECONFIG"]

/// What only a real API server can show. Each test has its own objects in one namespace.
@Suite("on a real cluster", .enabled(if: kubeconfig != nil), .serialized, .timeLimit(.minutes(3)))
struct RealClusterTests {
    static let namespace = "cortex-client-test"

    let configuration: ClusterConfiguration
    let transport = CurlTransport()
    let client: KubernetesClient
    let name = "t" + UUID().uuidString.lowercased().prefix(8)

    init() async throws {
        configuration = try ClusterConfiguration.load(
            kubeconfig: kubeconfig, environment: ProcessInfo.processInfo.environment)
        client = KubernetesClient(configuration: configuration, transport: transport)
        let namespace: JSONValue = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(Self.namespace)],
        ]
        do {
            _ = try await client.send(APIRequest(.create, .namespaces, body: try JSONCoding.encode(namespace)))
        } catch let error as APIError {
            guard error.isConflict else { throw error }
        }
    }

    @Test("a list in pages of two gives what one page gives")
    func pages() async throws {
        for index in 0..<5 { try await createConfigMap("\(name)-\(index)") }
        let query = [APIRequest.QueryItem("labelSelector", "test=\(name)")]
        let paged = try await client.list(PlainConfigMap.self, namespace: Self.namespace, query: query, limit: 2)
        #expect(paged.items.map(\.name).sorted() == (0..<5).map { "\(name)-\($0)" })
        #expect(client.statistics.requests >= 3 + 5)
        for object in paged.items {
            try await client.delete(
                PlainConfigMap.self, namespace: Self.namespace, name: object.name,
                preconditions: .init(object.reference))
        }
    }

    @Test("a watch sees an object being changed and deleted, and a UID or version that is not its own is a conflict")
    func watch() async throws {
        let created = try await createConfigMap(name)
        let seen = Task {
            var kinds: [String] = []
            let events = client.watch(
                PlainConfigMap.self, namespace: Self.namespace, name: name, from: created.metadata.resourceVersion)
            for try await event in events {
                switch event {
                case .modified: kinds.append("modified")
                case .deleted: return kinds + ["deleted"]
                default: kinds.append("other")
                }
            }
            return kinds
        }
        let changed = try await client.patch(
            PlainConfigMap.self, namespace: Self.namespace, name: name, .merge, change: ["data": ["a": "b"]],
            preconditions: .init(created.reference))
        #expect(changed.metadata.resourceVersion != created.metadata.resourceVersion)
        #expect(changed.metadata.managedFields?.contains { $0.manager == "cortex" } == true)
        for stale in [Preconditions(created.reference), .init(uid: "11111111-1111-1111-1111-111111111111")] {
            let error = await #expect(throws: APIError.self) {
                try await client.delete(
                    PlainConfigMap.self, namespace: Self.namespace, name: name, preconditions: stale)
            }
            #expect(error?.isConflict == true, "\(String(describing: error))")
        }
        let stale = await #expect(throws: APIError.self) {
            try await client.patch(
                PlainConfigMap.self, namespace: Self.namespace, name: name, .strategicMerge,
                change: ["data": ["a": "c"]],
                preconditions: .init(created.reference))
        }
        #expect(stale?.isConflict == true)
        try await client.delete(
            PlainConfigMap.self, namespace: Self.namespace, name: name, preconditions: .init(changed.reference))
        #expect(try await seen.value == ["modified", "deleted"])
    }

    @Test("each type of patch is understood, and a JSON patch tests the state it was decided on")
    func patches() async throws {
        let created = try await createConfigMap(name)
        let own = Preconditions(created.reference)
        let json = try await client.patch(
            PlainConfigMap.self, namespace: Self.namespace, name: name, .json,
            change: [["op": "add", "path": "/data", "value": ["json": "1"]]], preconditions: own)
        let stale = await #expect(throws: APIError.self) {
            try await client.patch(
                PlainConfigMap.self, namespace: Self.namespace, name: name, .json,
                change: [["op": "add", "path": "/data/again", "value": "1"]], preconditions: own)
        }
        #expect(stale?.status?.code == 422 || stale?.isConflict == true, "\(String(describing: stale))")
        let merged = try await client.patch(
            PlainConfigMap.self, namespace: Self.namespace, name: name, .strategicMerge,
            change: ["data": ["merge": "2"]],
            preconditions: .init(json.reference))
        let apply: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)], "data": ["apply": "3"],
        ]
        _ = try await client.patch(PlainConfigMap.self, namespace: Self.namespace, name: name, .apply, change: apply)
        let body = try await client.send(
            APIRequest(.get, .configMaps, namespace: Self.namespace, name: name))
        let data = try JSONCoding.decode(JSONValue.self, from: body)["data"]
        #expect(data == ["json": "1", "merge": "2", "apply": "3"])
        try await client.delete(
            PlainConfigMap.self, namespace: Self.namespace, name: name, preconditions: .init(uid: merged.metadata.uid))
    }

    /// Scales on the state that it read, and returns that state. The controller of a young Deployment still writes its
    /// status: after a conflict it is decided anew.
    private func scaleToOne() async throws -> Preconditions {
        while true {
            let first = try await client.scale(.deployments, namespace: Self.namespace, name: name)
            #expect(first.replicas == 0)
            let read = Preconditions(uid: first.metadata.uid, resourceVersion: first.metadata.resourceVersion)
            do throws(APIError) {
                let scaled = try await client.setScale(
                    .deployments, namespace: Self.namespace, name: name, replicas: 1, preconditions: read)
                #expect(scaled.replicas == 1)
                return read
            } catch {
                guard error.isConflict else { throw error }
            }
        }
    }

    @Test("a scale decided on an older state is a conflict and changes nothing")
    func scale() async throws {
        try await createDeployment(replicas: 0)
        let preconditions = try await scaleToOne()
        let error = await #expect(throws: APIError.self) {
            try await client.setScale(
                .deployments, namespace: Self.namespace, name: name, replicas: 2, preconditions: preconditions)
        }
        #expect(error?.isConflict == true, "\(String(describing: error))")
        try await deleteDeployment()
    }

    @Test("a pod is evicted in the version that discovery names, and its log is read")
    func eviction() async throws {
        let discovery = Discovery(client)
        let version = try #require(try await discovery.evictionVersion())
        #expect(
            try await discovery.preferredVersion(
                group: "policy", resource: "poddisruptionbudgets", candidates: ["v1", "v1beta1"]) != nil)
        try await createDeployment(replicas: 1)
        let pod = try await readyPod()
        let log = try await client.log(
            pod: pod.name, namespace: Self.namespace, LogOptions(tailLines: 2, limitBytes: 1000))
        #expect(log == "two\nthree\n")
        let note = EventNote(pod.reference, reason: "ClientTest", message: "about to be evicted")
        let event = try await client.create(note.event(at: Date(), id: String(name)))
        #expect(event.reason == "ClientTest")
        let wrong = await #expect(throws: APIError.self) {
            try await client.evict(
                pod: pod.name, namespace: Self.namespace, version: version, preconditions: .init(uid: "other"))
        }
        #expect(wrong?.isConflict == true, "\(String(describing: wrong))")
        try await client.evict(
            pod: pod.name, namespace: Self.namespace, version: version, preconditions: .init(uid: pod.metadata.uid))
        try await deleteDeployment()
    }

    @Test("requests share one HTTP/2 connection")
    func sharing() async throws {
        let before = transport.statistics.connections
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try await client.list(Node.self) }
            }
            try await group.waitForAll()
        }
        #expect(transport.statistics.connections - before <= 1)
    }

    @Test("a server that another authority signed is not reached")
    func wrongAuthority() async throws {
        var other = configuration
        other.tls.certificateAuthorities = nil
        let error = await #expect(throws: APIError.self) {
            try await KubernetesClient(configuration: other, transport: transport).list(Node.self)
        }
        guard case .unreachable(let why) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(why.contains("TLS"))
    }

    @Test("a token that is garbage is the server's 401")
    func garbageToken() async throws {
        var other = configuration
        other.tls.clientCertificate = nil
        other.tls.clientKey = nil
        other.credentials = .token("garbage")
        let error = await #expect(throws: APIError.self) {
            try await KubernetesClient(configuration: other, transport: transport).list(Node.self)
        }
        #expect(error?.status?.code == 401 && error?.status?.reason == "Unauthorized")
    }

    @Test("a watch from a resourceVersion that is too old is told so")
    func tooOld() async throws {
        try await Widget.define(in: client)
        let error = await #expect(throws: APIError.self) {
            for try await _ in client.watch(Widget.self, namespace: "default", from: "1", timeoutSeconds: 5) {}
        }
        #expect(error?.status?.code == 410, "\(String(describing: error))")
    }

    @Test("the reflector follows a collection")
    func reflector() async throws {
        let (changes, feed) = AsyncStream<String>.makeStream()
        let reflector = Reflector<PlainConfigMap>(
            client, namespace: Self.namespace, query: [.init("labelSelector", "test=\(name)")],
            onChange: { for change in $0 { feed.yield(change.object.name) } })
        try await createConfigMap("\(name)-before")
        let run = Task { await reflector.run() }
        await reflector.waitUntilSynced()
        #expect(reflector.snapshot().map(\.name) == ["\(name)-before"])
        try await createConfigMap("\(name)-after")
        for await change in changes where change == "\(name)-after" { break }
        #expect(reflector.snapshot().count == 2)
        #expect(reflector.snapshot().allSatisfy { $0.metadata.managedFields == nil })
        run.cancel()
        await run.value
        for suffix in ["before", "after"] {
            try await client.delete(
                PlainConfigMap.self, namespace: Self.namespace, name: "\(name)-\(suffix)", preconditions: .init())
        }
    }

    // MARK: - Objects

    @discardableResult
    private func createConfigMap(_ name: String) async throws -> PlainConfigMap {
        let body: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "labels": ["test": .string(String(self.name))]],
        ]
        let answer = try await client.send(
            APIRequest(.create, .configMaps, namespace: Self.namespace, body: try JSONCoding.encode(body)))
        return try JSONCoding.decode(PlainConfigMap.self, from: answer)
    }

    private func createDeployment(replicas: Int64) async throws {
        let image = ProcessInfo.processInfo.environment["CORTEX_E2E_IMAGE"] ?? "busybox:latest"
        let labels: JSONValue = ["test": .string(String(name))]
        let body: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(String(name))],
            "spec": [
                "replicas": .integer(replicas), "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "terminationGracePeriodSeconds": 0,
                        "containers": [
                            [
                                "name": "main", "image": .string(image), "imagePullPolicy": "IfNotPresent",
                                "command": ["sh", "-c", "echo one; echo two; echo three; sleep 3600"],
                            ]
                        ],
                    ],
                ],
            ],
        ]
        _ = try await client.send(
            APIRequest(.create, .deployments, namespace: Self.namespace, body: try JSONCoding.encode(body)))
    }

    private func deleteDeployment() async throws {
        _ = try await client.send(
            .delete(
                .deployments, namespace: Self.namespace, name: String(name), preconditions: .init(),
                propagation: "Background"))
    }

    private func readyPod() async throws -> Pod {
        for try await event in client.watch(
            Pod.self, namespace: Self.namespace, labelSelector: "test=\(name)", timeoutSeconds: 120)
        {
            if let pod = event.object, pod.isReady { return pod }
        }
        throw APIError.unknown("no pod became ready in two minutes")
    }
}

/// A ConfigMap, of which the tests look at the metadata only.
struct PlainConfigMap: KubernetesObject {
    static var resource: Resource { .configMaps }
    var metadata: ObjectMeta
}
