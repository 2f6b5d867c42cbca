import JSON
import Kubernetes
import Testing

@testable import Simulation

/// What the API server keeps, and how its counters move.
struct ObjectStoreTests {
    private func deployment(_ replicas: Int64 = 2) -> JSONValue {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "a"],
            "spec": ["replicas": .integer(replicas)],
        ]
    }

    private func writer(_ name: String) -> Writer { Writer(name, at: 1_767_225_600, apiVersion: "apps/v1") }

    @Test("generation counts changes of the spec, resourceVersion every change, and a change of nothing neither")
    func counters() throws {
        var store = ObjectStore(seed: 1)
        let made = try store.create(.deployments, deployment(), by: writer("kubectl-create"))
        #expect(made.generation == 1)
        var status = made
        status["status"] = ["replicas": 2]
        let reported = try store.update(.deployments, status, by: writer("controller"), isStatus: true)
        #expect(reported.generation == 1)
        #expect(reported.at("metadata", "resourceVersion") != made.at("metadata", "resourceVersion"))
        let same = try store.update(.deployments, reported, by: writer("controller"))
        #expect(same == reported)
        var scaled = reported
        scaled.put(0, at: "spec", "replicas")
        #expect(try store.update(.deployments, scaled, by: writer("kubectl-scale")).generation == 2)
    }

    @Test("a write decided on an older state is refused")
    func conflict() throws {
        var store = ObjectStore(seed: 1)
        var old = try store.create(.deployments, deployment(), by: writer("a"))
        store.mutate(.deployments, "a", "web", by: writer("b")) { $0.put(3, at: "spec", "replicas") }
        old.put(5, at: "spec", "replicas")
        let error = #expect(throws: APIStatus.self) { try store.update(.deployments, old, by: writer("a")) }
        #expect(
            error?.message
                == "Operation cannot be fulfilled on deployments.apps \"web\": the object has been modified; please "
                + "apply your changes to the latest version and try again")
    }

    @Test("managedFields tell who wrote the replicas last")
    func managers() throws {
        var store = ObjectStore(seed: 1)
        _ = try store.create(.deployments, deployment(), by: writer("kubectl-create"))
        let scaled = store.mutate(.deployments, "a", "web", by: writer("kubectl-scale")) {
            $0.put(0, at: "spec", "replicas")
        }
        let owners = (scaled?.at("metadata", "managedFields")?.arrayValue ?? [])
            .filter { $0.at("fieldsV1", "f:spec", "f:replicas") != nil }.compactMap { $0["manager"]?.stringValue }
        #expect(owners == ["kubectl-scale"])
    }

    @Test("a pod that runs is marked and stays for its grace period; one that was never placed goes at once")
    func gracefulDeletion() throws {
        var store = ObjectStore(seed: 1)
        for (name, node) in [("placed", JSONValue.string("n1")), ("waiting", nil)] {
            var pod: JSONValue = ["metadata": ["name": .string(name), "namespace": "a"], "spec": ["containers": []]]
            if node != .null { pod.put(node, at: "spec", "nodeName") }
            _ = try store.create(.pods, pod, by: writer("a"))
        }
        #expect(try store.delete(.pods, "a", "waiting", at: 1_767_225_600).isGone)
        let marked = try store.delete(.pods, "a", "placed", at: 1_767_225_600)
        #expect(!marked.isGone)
        #expect(marked.object.at("metadata", "deletionTimestamp") == "2026-01-01T00:00:30Z")
        #expect(store.pods(onNode: "n1").count == 1)
        #expect(try store.delete(.pods, "a", "placed", Deletion(gracePeriodSeconds: 0), at: 1_767_225_600).isGone)
        #expect(store.pods(onNode: "n1").isEmpty)
    }

    @Test("an object with a finalizer goes when the last one is taken off")
    func finalizers() throws {
        var store = ObjectStore(seed: 1)
        var object = deployment()
        object.put(["example.com/hold"], at: "metadata", "finalizers")
        _ = try store.create(.deployments, object, by: writer("a"))
        #expect(try !store.delete(.deployments, "a", "web", at: 0).isGone)
        store.mutate(.deployments, "a", "web", by: writer("a")) { $0.put([], at: "metadata", "finalizers") }
        #expect(store.find(.deployments, "a", "web") == nil)
    }

    @Test("the log of changes ends where it was compacted")
    func compaction() throws {
        var store = ObjectStore(seed: 1)
        let start = store.end
        _ = try store.create(.deployments, deployment(), by: writer("a"))
        #expect(store.changes(since: start)?.count == 1)
        store.compact(to: store.end)
        #expect(store.changes(since: start) == nil)
        #expect(store.changes(since: store.end)?.isEmpty == true)
    }

    @Test("the same seed gives the same names, also on another day")
    func determinism() {
        var one = ObjectStore(seed: 7)
        var two = ObjectStore(seed: 7)
        #expect(one.newUID() == two.newUID())
        #expect(one.newSuffix() == two.newSuffix())
    }
}
