import JSON
import Kubernetes
import Testing

@testable import Simulation

/// Faults as they are asked for by name, with and without parameters.
struct FaultTests {
    private static let space = "cortex-system"

    /// The demo's cluster, with everything up.
    private static let settled: World = {
        var world = Homelab.demo.world(seed: 5)
        world.step(until: 60)
        return world
    }()

    private func world() -> World { Self.settled }

    private func answers(_ world: World, _ service: String = "sandfly-mcp-server") -> Bool {
        world.reach(service: service, in: Self.space, .work).isGood
    }

    private static func target(of fault: FaultName) -> String {
        switch fault {
        case .statefulSetStuck: "postgres"
        case .daemonSetStuck: "adguard"
        default: "sandfly-mcp-server"
        }
    }

    @Test(
        "every fault shows: in an answer, in an object, or in how the API server answers", arguments: FaultName.allCases
    )
    func shows(name: FaultName) throws {
        var world = world()
        let before = world.store.end
        let service = Self.target(of: name)
        #expect(Fault(name, at: service, in: Self.space).inject(into: &world) == nil)
        world.step(until: world.seconds + 20)
        let isSeen = world.store.end > before || !answers(world, service) || world.api.faults != .none
        #expect(isSeen != (name == .healthy))
    }

    @Test(
        "what takes a service down takes it down",
        arguments: [
            FaultName.scaledToZero, .crashOnlyRevision, .imageRegistryDown, .rbacRevoked, .dnsDown, .hang, .runtimeDown,
            .dependencyMissing, .networkPolicy, .webhookDown, .claimPending,
        ])
    func down(name: FaultName) {
        var world = world()
        _ = Fault(name, at: "sandfly-mcp-server", in: Self.space).inject(into: &world)
        world.step(until: world.seconds + 15)
        #expect(!answers(world))
    }

    @Test("who lacks a right says in its log what the API server said, and serves once somebody grants it")
    func rights() throws {
        var world = world()
        _ = Fault(.rbacRevoked, at: "grafana", in: Self.space).inject(into: &world)
        world.step(until: world.seconds + 30)
        let pod = try #require(world.all(.pods, in: Self.space).first { $0.name.hasPrefix("grafana") })
        let log = world.machines.pods[pod.uid]?.containers.first?.log.map(\.text).joined() ?? ""
        #expect(
            log.contains(
                "configmaps is forbidden: User \"system:serviceaccount:cortex-system:grafana\" cannot list resource "
                    + "\"configmaps\" in API group \"\" in the namespace \"cortex-system\""), "\(log)")
        let role: JSONValue = [
            "metadata": ["name": "settings"],
            "rules": [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]]],
        ]
        let binding: JSONValue = [
            "metadata": ["name": "settings"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "settings"],
            "subjects": [["kind": "ServiceAccount", "name": "grafana", "namespace": "cortex-system"]],
        ]
        let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/cortex-system/"
        #expect(world.call("POST", path + "roles", role).code == 201)
        #expect(world.call("POST", path + "rolebindings", binding).code == 201)
        world.step(until: world.seconds + 10)
        #expect(answers(world, "grafana"))
    }

    @Test(
        "an outage that has an end is over then, and what suffered from it serves again",
        arguments: [FaultName.imageRegistryDown, .dnsDown, .nodeNotReady, .runtimeDown])
    func ends(name: FaultName) throws {
        var world = world()
        let fault = try Fault(name, at: "sandfly-mcp-server", in: Self.space, given: ["seconds": "70"])
        #expect(fault.inject(into: &world) == nil)
        world.step(until: world.seconds + 60)
        #expect(!answers(world) || name == .nodeNotReady)
        world.step(until: world.seconds + 120)
        #expect(answers(world))
    }

    @Test("a parameter does what it says")
    func parameters() throws {
        var world = world()
        let cut = try Fault(.oomLimitCut, at: "unifi-mcp-server", in: Self.space, given: ["memory": "12Mi"])
        _ = cut.inject(into: &world)
        let workload = world.find(.deployments, Self.space, "unifi-mcp-server")
        let container = workload?.at("spec", "template", "spec", "containers")?[0]
        #expect(container?.at("resources", "limits", "memory") == "12Mi")
        let crash = try Fault(
            .crashNewRevision, at: "grafana", in: Self.space, given: ["log": "out; of 'space'", "code": "7"])
        _ = crash.inject(into: &world)
        world.step(until: world.seconds + 20)
        let pod = try #require(world.all(.pods, in: Self.space).first { $0.name.hasPrefix("grafana") })
        let last = world.machines.pods[pod.uid]?.containers.first?.last
        #expect(last?.code == 7)
        let crashed = try #require(world.machines.pods[pod.uid]?.containers.first)
        #expect((crashed.log + crashed.previousLog).map(\.text).contains { $0.contains("out; of") })
    }

    @Test(
        "a parameter that is none, or has no such value, is refused with what there is",
        arguments: [
            (FaultName.imageNotFound, ["memory": "8Mi"], "image-not-found takes no parameter “memory”; it takes image"),
            (.healthy, ["x": "y"], "healthy takes no parameter “x”; it takes none"),
            (.crashNewRevision, ["code": "0"], "code must be a whole number from 1 to 255, not “0”"),
            (.oomLimitCut, ["memory": "much"], "memory must be an amount of memory such as 8Mi, not “much”"),
            (.hang, ["silence": "loud"], "silence must be work or everything, not “loud”"),
            (
                .ghostNode, ["node": "No Node"],
                "node must be a name of lower case letters, digits, “-” and “.”, not “No Node”"
            ),
        ] as [(FaultName, [String: String], String)])
    func refused(name: FaultName, given: [String: String], words: String) {
        let mistake = #expect(throws: FaultMistake.self) { try Fault(name, at: "web", in: "default", given: given) }
        #expect(mistake?.description == words)
    }

    @Test("a fault of another kind of workload says which kind it needs")
    func unfit() {
        var world = world()
        #expect(
            Fault(.statefulSetStuck, at: "grafana", in: Self.space).inject(into: &world)
                == "statefulset-stuck needs a StatefulSet, and grafana is a Deployment")
        #expect(
            Fault(.scaledToZero, at: "nobody", in: Self.space).inject(into: &world)
                == "there is no workload nobody in namespace cortex-system")
    }
}
