import JSON
import Kubernetes
import Testing

@testable import Simulation

/// A homelab that has come up.
private func homelab(services: Int = 3, replicas: Int = 2, seed: UInt64 = 1) -> World {
    var world = Homelab.uniform(services: services, replicas: replicas).world(seed: seed)
    world.step(until: 30)
    return world
}

@Suite("Controllers and kubelets of the simulated cluster")
struct RolloutTests {
    @Test("A Deployment comes up, is available, and its Service answers")
    func comesUp() throws {
        let world = homelab()
        let deployment = try #require(world.find(.deployments, "cortex-system", "service-01"))
        #expect(deployment.at("status", "availableReplicas") == 2)
        #expect(deployment.condition("Progressing")?["reason"] == "NewReplicaSetAvailable")
        #expect(world.reach(service: "service-01", in: "cortex-system", .work).isGood)
    }

    @Test("The same seed gives the same run, byte for byte")
    func isDeterministic() {
        #expect(homelab().all(.pods, in: nil) == homelab().all(.pods, in: nil))
    }
}
