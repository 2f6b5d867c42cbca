import ClusterServer
import Configuration
import FoundationEssentials
import Simulation

/// `cortex cluster`: the simulated cluster as a Kubernetes API server.
struct ClusterCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

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
        let homelab = Homelab(services: [
            ServiceSpec("sandfly-mcp-server", program: Program(log: ["sandfly-mcp-server listens on :3000"]))
        ])
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
