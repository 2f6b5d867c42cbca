import FoundationEssentials
import Kubernetes
import KubernetesClient
import Testing

@Suite("what sits on the API")
struct ClusterAPITests {
    static func page(_ names: [String], next: String = "", version: String = "7") -> FakeCluster.Answer {
        let items = names.map { #"{"metadata":{"name":"\#($0)","resourceVersion":"1","uid":"\#($0)"}}"# }
        return .success(
            #"{"metadata":{"resourceVersion":"\#(version)","continue":"\#(next)"},"#
                + #""items":[\#(items.joined(separator: ","))]}"#
        )
    }

    static let expired = FakeCluster.Answer.failure(.status(APIStatus(code: 410, reason: "Expired")))

    @Test("a list reads page after page")
    func pages() async throws {
        let api = FakeCluster({ _, index in index == 0 ? Self.page(["a", "b"], next: "t") : Self.page(["c"]) })
        let list = try await api.list(Node.self, limit: 2)
        #expect(list.items.map(\.name) == ["a", "b", "c"])
        #expect(api.sent.map { $0.value(of: "continue") } == [nil, "t"])
        #expect(api.sent.allSatisfy { $0.value(of: "limit") == "2" })
    }

    @Test("a list whose token expires starts once more, without pages")
    func expiredToken() async throws {
        let api = FakeCluster({ _, index in [Self.page(["a"], next: "t"), Self.expired, Self.page(["b", "c"])][index] })
        #expect(try await api.list(Node.self).items.map(\.name) == ["b", "c"])
        #expect(api.sent.last?.query == [])
        let always = FakeCluster({ _, _ in Self.expired })
        await #expect(throws: APIError.self) { try await always.list(Node.self) }
        #expect(always.sent.count == 1)
    }

    @Test("a watch of one object gives its changes without bookmarks, and ends as the server ends it")
    func watch() async throws {
        let api = FakeCluster({ _, _ in .success("{}") }) { _ in
            (
                [
                    #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8"}}}"#,
                    #"{"type":"MODIFIED","object":{"metadata":{"name":"a","resourceVersion":"9"}}}"#,
                    #"{"type":"DELETED","object":{"metadata":{"name":"a","resourceVersion":"10"}}}"#,
                ], nil
            )
        }
        var versions: [String?] = []
        for try await event in api.watch(Node.self, name: "a", from: "7") {
            versions.append(event.object?.metadata.resourceVersion)
        }
        #expect(versions == ["9", "10"])
        let opened = try #require(api.opened.first)
        #expect(opened.value(of: "fieldSelector") == "metadata.name=a")
        #expect(opened.value(of: "resourceVersion") == "7")
        #expect(opened.value(of: "allowWatchBookmarks") == "true")
    }

    @Test("an ERROR event ends a watch with the server's Status")
    func watchError() async {
        let api = FakeCluster({ _, _ in .success("{}") }) { _ in
            ([#"{"type":"ERROR","object":{"code":410,"reason":"Expired"}}"#], nil)
        }
        let error = await #expect(throws: APIError.self) {
            for try await _ in api.watch(Node.self, labelSelector: "a=b", from: "1") {}
        }
        #expect(error?.status?.code == 410)
    }

    @Test("discovery chooses the first version that has the resource, and asks once in ten minutes")
    func discovery() async throws {
        let time = FakeTime()
        let api = FakeCluster({ request, _ in
            switch request.path {
            case "/apis/policy/v1": .failure(.status(APIStatus(code: 404)))
            case "/apis/policy/v1beta1":
                .success(
                    #"{"resources":[{"name":"poddisruptionbudgets","namespaced":true,"kind":"PodDisruptionBudget"}]}"#)
            case "/api/v1":
                .success(
                    #"{"resources":[{"name":"pods/eviction","namespaced":true,"kind":"Eviction","#
                        + #""group":"policy","version":"v1beta1"}]}"#
                )
            case "/apis":
                .success(#"{"groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]}]}"#)
            default: .failure(.status(APIStatus(code: 403)))
            }
        })
        let discovery = Discovery(api, timing: time.timing)
        for _ in 0..<3 {
            #expect(
                try await discovery.preferredVersion(
                    group: "policy", resource: "poddisruptionbudgets", candidates: ["v1", "v1beta1"]) == "v1beta1")
        }
        #expect(api.sent.count == 2)
        time.advance(by: .seconds(601))
        #expect(
            try await discovery.preferredVersion(group: "policy", resource: "none", candidates: ["v1", "v1beta1"])
                == nil)
        #expect(api.sent.count == 4)
        #expect(try await discovery.evictionVersion() == "v1beta1")
        #expect(try await discovery.allGroups().map(\.name) == ["apps"])
        await #expect(throws: APIError.self) { try await discovery.resources(group: "x", version: "v1") }
    }
}
