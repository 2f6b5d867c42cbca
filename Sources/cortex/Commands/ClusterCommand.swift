import ClusterServer
import Configuration
import FoundationEssentials
import Simulation

/// `cortex cluster`: the simulated cluster as a Kubernetes API server.
struct ClusterCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    /// Four tool servers, or as many alike services as are asked for.
    private func homelab() throws(UsageError) -> Homelab {
        guard let text = arguments.options["--services"] else {
            let names = ["sandfly", "proxmox", "unifi", "cloudflare"].map { $0 + "-mcp-server" }
            return Homelab(services: names.map { ServiceSpec($0, program: Program(log: ["\($0) listens on :3000"])) })
        }
        guard let services = Int(text), (1...2000).contains(services),
            let replicas = Int(arguments.options["--replicas"] ?? "2"), (0...100).contains(replicas)
        else { throw UsageError("--services takes 1 to 2000, and --replicas 0 to 100", Commands.cluster.usage) }
        // As many nodes as a node's limit of pods asks for.
        return .uniform(services: services, replicas: replicas, nodes: services * replicas / 100 + 1)
    }

    func run() async -> Int32 {
        let listen = arguments.options["--listen"] ?? "127.0.0.1:6440"
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65535).contains(port)
        else {
            Terminal.error("cortex cluster: --listen takes ADDRESS:PORT, not “\(listen)”")
            return ExitCode.usage
        }
        guard let speed = Double(arguments.options["--speed"] ?? "1"), speed > 0, speed <= 1000 else {
            Terminal.error("cortex cluster: --speed must be a number above 0 and at most 1000")
            return ExitCode.usage
        }
        let address = String(listen[..<colon])
        let epoch = Date().timeIntervalSince1970.rounded(.down)
        let homelab: Homelab
        do {
            homelab = try self.homelab()
        } catch {
            Terminal.error("cortex cluster: \(error)")
            return ExitCode.usage
        }
        let server = ClusterServer(
            world: homelab.world(seed: UInt64.random(in: .min ... .max), epoch: epoch), speed: speed)
        do {
            let port = try server.start(address: address, port: port)
            let url = "http://\(address == "0.0.0.0" || address == "::" ? "127.0.0.1" : address):\(port)"
            let text = ClusterServer.kubeconfig(url: url)
            if let file = arguments.options["--kubeconfig-out"] {
                try Data(text.utf8).write(to: URL(filePath: file))
                Terminal.out("the cluster answers at \(url); its kubeconfig is \(file)")
            } else {
                Terminal.out("the cluster answers at \(url): kubectl --server \(url) get pods -A")
            }
        } catch {
            Terminal.error("cortex cluster: \(error)")
            return ExitCode.failure
        }
        _ = await Signals.ended()
        await server.stop()
        return ExitCode.success
    }
}
