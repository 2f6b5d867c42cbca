import JSON
import Kubernetes
import Testing

@testable import Simulation

/// What clients of a troubled API server see. The cluster itself is not troubled.
struct FaultyAPITests {
    private let path = "/api/v1/namespaces/a/configmaps"

    private func world(seed: UInt64 = 1) -> World {
        var world = World(seed: seed)
        _ = world.call("POST", "/api/v1/namespaces", ["metadata": ["name": "a"]])
        return world
    }

    private func code(_ outcome: APIOutcome) -> Int? {
        if case .answer(let answer, _) = outcome { answer.code } else { nil }
    }

    /// The names in the events that a watch gets of `count` new objects.
    private func watched(_ count: Int, _ faults: (inout APIFaults) -> Void) throws -> [String] {
        var world = world()
        let query = [("watch", "true"), ("resourceVersion", String(world.store.end))]
        guard case .watch(var cursor) = world.call("GET", path, query: query) else { throw Unexpected() }
        faults(&world.api.faults)
        for index in 0..<count {
            let name = JSONValue.string("m\(index)")
            _ = world.call("POST", path, ["metadata": ["name": name]])
        }
        let events = world.next(&cursor).events + world.next(&cursor).events
        return events.compactMap { $0["object"]?.name }
    }

    @Test("events are dropped, doubled and swapped as they are told to be, and are whole otherwise")
    func events() throws {
        #expect(try watched(3) { _ in } == ["m0", "m1", "m2"])
        #expect(try watched(3) { $0.droppedEvents = 1 } == [])
        #expect(try watched(2) { $0.duplicatedEvents = 1 } == ["m0", "m0", "m1", "m1"])
        #expect(try watched(2) { $0.reorderedEvents = 1 } == ["m1", "m0"])
    }

    @Test("an overloaded server says when to come back, and a broken one is an internal error")
    func refusals() {
        var world = world()
        world.api.faults.tooManyRequests = 1
        let outcome = world.apply(APICall("GET", path), as: .admin)
        #expect(code(outcome) == 429)
        if case .answer(let answer, _) = outcome {
            #expect(answer.object?["details"]?["retryAfterSeconds"] == 1)
        }
        world.api.faults = .none
        world.api.faults.internalErrors = 1
        #expect(code(world.apply(APICall("GET", path), as: .admin)) == 500)
        world.api.faults = .none
        world.api.faults.isGone = true
        #expect(code(world.apply(APICall("GET", path), as: .admin)) == nil)
    }

    @Test("a fault of the API server is over when its time has come, and the workload was not touched")
    func ends() throws {
        var world = Homelab.uniform(services: 1, replicas: 2).world(seed: 1)
        world.step(until: 20)
        let before = world.store.end
        let fault = Fault(.controlPlaneGone, at: "service-01", in: "cortex-system", parameters: ["seconds": 5])
        #expect(fault.inject(into: &world) == nil)
        #expect(world.store.end == before)
        let call = APICall("GET", "/api/v1/namespaces")
        #expect(code(world.apply(call, as: .admin)) == nil)
        world.step(until: 26)
        #expect(code(world.apply(call, as: .admin)) == 200)
    }

    @Test("a stale read does not know what was just written, and the write is not lost")
    func staleReads() {
        var world = world()
        _ = world.call("POST", path, ["metadata": ["name": "new"]])
        world.api.faults.stale = 1
        #expect(code(world.apply(APICall("GET", path + "/new"), as: .admin)) == 404)
        world.api.faults = .none
        #expect(code(world.apply(APICall("GET", path + "/new"), as: .admin)) == 200)
    }

    @Test("the same seed and the same calls give the same answers, byte for byte")
    func determinism() {
        func run() -> [UInt8] {
            var world = world(seed: 9)
            world.api.faults.internalErrors = 0.3
            var bytes: [UInt8] = []
            for index in 0..<20 {
                let body: JSONValue = ["metadata": ["generateName": .string("m\(index)-")], "data": ["a": "b"]]
                let outcome = world.apply(APICall("POST", path, body: body.rendered), as: .admin)
                if case .answer(let answer, _) = outcome { bytes += answer.object?.rendered ?? [] }
            }
            return bytes + (world.call("GET", path).object?.rendered ?? [])
        }
        #expect(run() == run())
    }

    private struct Unexpected: Error {}
}
