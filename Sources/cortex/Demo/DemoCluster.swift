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
    func inject(_ fault: FaultName, at service: String, given: [String: String] = [:]) -> String? {
        // Everybody who asks this cluster without a token is its administrator, Cortex too.
        if fault == .forbidden {
            return "the demo's Cortex is its cluster's administrator, from whom no right can be taken: "
                + "try “cortex simulate --faults forbidden”"
        }
        do {
            let fault = try Fault(fault, at: service, in: Self.namespace, given: given)
            return server.withWorld { world in fault.inject(into: &world) }
        } catch {
            return "\(error)"
        }
    }

    /// A DaemonSet's counts have names of their own.
    private static func count(_ object: JSONValue?, _ names: String...) -> Int {
        names.lazy.compactMap { object?["status"]?[$0]?.intValue }.first ?? 0
    }

    func rows() -> [Row] {
        let services = lab.services
        return server.withWorld { world in
            services.map { service in
                let object = world.find(service.resource, service.namespace, service.name)
                let answer = world.reach(service: service.name, in: service.namespace, .work)
                return Row(
                    name: service.name, ready: Self.count(object, "readyReplicas", "numberReady"),
                    wanted: object?["spec"]?["replicas"]?.intValue ?? Self.count(object, "desiredNumberScheduled"),
                    isAnswering: answer.isGood)
            }
        }
    }
}
