import JSON
import Kubernetes
import Testing

@testable import Simulation

@Suite("What the kubelets of the simulated cluster tell, and whom a Service asks")
struct KubeletTests {
    private let namespace = "cortex-system"

    /// One service whose process ends at every start, after so many seconds of the simulation.
    private func crashing(seconds: Double, longestBackoff: Double = 300) -> World {
        let program = Program(ending: .init(after: 1, code: 1))
        var world = Homelab(services: [ServiceSpec("web", replicas: 1, program: program)]).world(seed: 1)
        world.machines.longestRestartBackoff = longestBackoff
        world.step(until: seconds)
        return world
    }

    private func container(_ world: World) throws -> JSONValue {
        let pod = try #require(world.all(.pods, in: namespace).first)
        return try #require(pod.at("status", "containerStatuses")?[0])
    }

    @Test("A restart is counted when the container starts again, and not while its back-off runs")
    func restartsAreStarts() throws {
        var world = crashing(seconds: 8)
        var status = try container(world)
        #expect(status.at("state", "waiting", "reason") == "CrashLoopBackOff")
        #expect(status["restartCount"] == 1, "it has started twice")
        world.step(until: 18)
        status = try container(world)
        #expect(status["restartCount"] == 2)
    }

    @Test("The longest back-off bounds every one of them")
    func longestBackoff() throws {
        let restarts = try #require(try container(crashing(seconds: 30, longestBackoff: 2))["restartCount"]?.intValue)
        #expect(restarts >= 6)
        #expect(try #require(try container(crashing(seconds: 30))["restartCount"]?.intValue) < 4)
    }

    @Test("Endpoints that all answer are asked in turn, and one that hangs is never passed over")
    func endpointsTakeTurns() throws {
        var world = Homelab(services: [ServiceSpec("web", replicas: 2, program: Program())]).world(seed: 1)
        world.step(until: 30)
        let target = ProxyTarget(kind: .service, namespace: namespace, name: "web", port: "3000", path: "/mcp")
        let asked = (0..<4).compactMap { turn -> String? in
            guard case .answered(_, _, let process, _) = world.proxied(target, isWork: true, turn: turn) else {
                return nil
            }
            return process
        }
        #expect(asked.count == 4 && asked[0] == asked[2] && asked[1] == asked[3] && asked[0] != asked[1])

        let pod = try #require(world.all(.pods, in: namespace).first)
        let hangs = world.hang(pod: pod.name, in: namespace)
        let nobodyHangs = world.hang(pod: "nobody", in: namespace)
        #expect(hangs && !nobodyHangs)
        for turn in 0..<2 {
            guard case .silence = world.proxied(target, isWork: true, turn: turn) else {
                Issue.record("the pod that hangs has its share of the requests")
                continue
            }
        }
    }

    @Test("A DaemonSet's pods carry their revision's hash, and a StatefulSet's its whole name")
    func revisionLabels() throws {
        func label(_ workload: ServiceSpec.Workload) throws -> (label: String, revision: String) {
            let service = ServiceSpec("web", workload: workload, replicas: 1, program: Program())
            var world = Homelab(services: [service]).world(seed: 1)
            world.step(until: 20)
            let pod = try #require(world.all(.pods, in: namespace).first)
            let revision = try #require(world.all(.controllerRevisions, in: namespace).first)
            return (pod.labels["controller-revision-hash"] ?? "", revision.name)
        }
        let daemon = try label(.daemonSet)
        #expect(daemon.revision == "web-" + daemon.label)
        let stateful = try label(.statefulSet)
        #expect(stateful.revision == stateful.label)
    }

    @Test("An account's tokens end with the account, also where another of its name comes")
    func tokensEnd() throws {
        var world = Homelab(services: []).world(seed: 1)
        world.step(until: 1)
        let path = "/api/v1/namespaces/default/serviceaccounts/default"
        let answer = world.answer(APICall("POST", path + "/token"), as: .admin)
        let token = try #require(answer.object?.at("status", "token")?.stringValue)
        #expect(world.user(ofToken: token)?.name == "system:serviceaccount:default:default")
        _ = world.answer(APICall("DELETE", path), as: .admin)
        world.step(until: 5)
        #expect(world.user(ofToken: token) == nil)
    }
}
