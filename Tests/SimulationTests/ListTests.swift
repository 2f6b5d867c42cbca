import JSON
import Kubernetes
import Testing

@testable import Simulation

/// Lists: their pages, and which state they show.
struct ListTests {
    private let path = "/api/v1/namespaces/a/configmaps"

    /// A namespace with `c0` to `c3`.
    private func world() -> World {
        var world = World(seed: 1)
        _ = world.call("POST", "/api/v1/namespaces", ["metadata": ["name": "a"]])
        for index in 0..<4 { make("c\(index)", &world) }
        return world
    }

    private func make(_ name: String, _ world: inout World) {
        _ = world.call("POST", path, ["metadata": ["name": .string(name)], "data": ["a": "b"]])
    }

    private func names(_ answer: APIAnswer) -> [String] { (answer.object?["items"]?.arrayValue ?? []).map(\.name) }

    private func token(_ answer: APIAnswer) throws -> String {
        try #require(answer.object?.at("metadata", "continue")?.stringValue)
    }

    @Test("the pages of a list are of one state: what comes, changes and goes between them is not seen")
    func oneState() throws {
        var world = world()
        let first = world.call("GET", path, query: [("limit", "2")])
        let version = first.object?.at("metadata", "resourceVersion")
        _ = world.call("DELETE", path + "/c2")
        _ = world.patch(path + "/c3", ["data": ["a": "new"]], .merge)
        make("c25", &world)
        let second = world.call("GET", path, query: [("limit", "9"), ("continue", try token(first))])
        #expect(names(second) == ["c2", "c3", "kube-root-ca.crt"])
        #expect(second.object?["items"]?[1]?.at("data", "a") == "b")
        #expect(second.object?.at("metadata", "resourceVersion") == version)
        #expect(names(world.call("GET", path)) == ["c0", "c1", "c25", "c3", "kube-root-ca.crt"])
    }

    @Test("a page whose state is compacted is 410, and its token goes on with what is there now")
    func expired() throws {
        var world = world()
        let first = world.call("GET", path, query: [("limit", "2")])
        make("c25", &world)
        world.store.compact(to: world.store.end)
        let over = world.call("GET", path, query: [("limit", "2"), ("continue", try token(first))])
        #expect(over.code == 410)
        #expect(over.object?["reason"] == "Expired")
        let rest = world.call("GET", path, query: [("continue", try token(over))])
        #expect(names(rest) == ["c2", "c25", "c3", "kube-root-ca.crt"])
    }

    @Test("a list of just one state shows that state, also after what was in it has gone")
    func exact() throws {
        var world = world()
        let version = String(world.store.end)
        _ = world.call("DELETE", path + "/c0")
        let query = [("resourceVersion", version), ("resourceVersionMatch", "Exact")]
        #expect(names(world.call("GET", path, query: query)).first == "c0")
        #expect(names(world.call("GET", path, query: [("resourceVersion", version)])).first == "c1")
        world.store.compact(to: world.store.end)
        #expect(world.call("GET", path, query: query).code == 410)
    }

    @Test(
        "options of a list that do not go together, or that ask for the future, are refused",
        arguments: [
            (["resourceVersionMatch": "Exact"], 422, "forbidden unless resourceVersion is provided"),
            (["resourceVersionMatch": "Odd", "resourceVersion": "1"], 422, "supported values: \"Exact\""),
            (["resourceVersionMatch": "Exact", "resourceVersion": "0"], 422, "is forbidden for resourceVersion \"0\""),
            (["resourceVersion": "99999999"], 504, "Too large resource version: 99999999"),
            (["resourceVersion": "x"], 500, "invalid syntax"),
            (["continue": "1.a.b", "resourceVersion": "5"], 410, "too old"),
            (["continue": "x"], 400, "continue key is not valid"),
            (["labelSelector": "a in (b"], 400, "expected: ',' or ')'"),
            (["labelSelector": "x/y/z=1"], 400, "unable to parse requirement: invalid label key \"x/y/z\""),
            (["labelSelector": "a=b c"], 400, "found 'c', expected: ',' or 'end of string'"),
            (["labelSelector": "a=b-"], 400, "invalid label value: \"b-\": at key: \"a\""),
        ] as [([String: String], Int, String)])
    func refused(query: [String: String], code: Int, words: String) {
        var world = world()
        let answer = world.call("GET", path, query: query.map { ($0.key, $0.value) })
        #expect(answer.code == code)
        #expect(answer.object?["message"]?.stringValue?.contains(words) == true, "\(answer)")
    }
}
