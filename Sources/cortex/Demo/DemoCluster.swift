import ClusterServer
import FoundationEssentials
import JSON
import Simulation

/// The homelab that `cortex demo` runs: its cluster, and what can be done to it.
final class DemoCluster: Sendable {
    /// One service as it is now.
    struct Row: Hashable, Sendable {
        var name: String
        var ready: Int
        var wanted: Int
        var isAnswering: Bool
    }

    private static let namespace = "cortex-system"
    private let lab = Homelab.demo
    private let server: ClusterServer

    /// Everything is up already: its clock began a minute ago.
    init(seed: UInt64) {
        let settled = 60.0
        let now = Date().timeIntervalSince1970.rounded(.down)
        var world = lab.world(seed: seed, epoch: now - settled)
        world.step(until: settled)
        server = ClusterServer(world: world)
    }

    /// - Returns: the address of the cluster's API.
    func start() throws -> String {
        "http://127.0.0.1:\(try server.start(address: "127.0.0.1", port: 0))"
    }

    func kubeconfig(url: String) -> String { ClusterServer.kubeconfig(url: url) }

    func stop() async { await server.stop() }

    var services: [String] { lab.services.map(\.name) }

    /// - Returns: why it cannot be done; nil once it was done.
    func inject(_ fault: FaultName, at service: String) -> String? {
        let fault = Fault(fault, at: service, in: Self.namespace)
        return server.withWorld { world in fault.inject(into: &world) }
    }

    func rows() -> [Row] {
        let services = lab.services
        return server.withWorld { world in
            services.map { service in
                let object = world.find(service.resource, service.namespace, service.name)
                let answer = world.reach(service: service.name, in: service.namespace, .work)
                return Row(
                    name: service.name, ready: object?["status"]?["readyReplicas"]?.intValue ?? 0,
                    wanted: object?["spec"]?["replicas"]?.intValue ?? 0, isAnswering: answer.isGood)
            }
        }
    }
}
