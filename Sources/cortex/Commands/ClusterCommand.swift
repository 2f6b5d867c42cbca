import ClusterServer
import Configuration
import FoundationEssentials
import JSON
import Simulation

/// `cortex cluster`: the simulated cluster as a Kubernetes API server.
struct ClusterCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    /// Four tool servers, or as many alike services as are asked for.
    private func homelab() throws(UsageError) -> Homelab {
        guard let text = arguments.options["--services"] else {
            if arguments.has("--replicas") {
                throw UsageError("--replicas goes with --services", Commands.cluster.usage)
            }
            let names = ["sandfly", "proxmox", "unifi", "cloudflare"].map { $0 + "-mcp-server" }
            return Homelab(services: names.map { ServiceSpec($0, program: Program(log: ["\($0) listens on :3000"])) })
        }
        guard let services = Int(text), (1...2000).contains(services),
            let replicas = Int(arguments.options["--replicas"] ?? "2"), (0...100).contains(replicas)
        else { throw UsageError("--services takes 1 to 2000, and --replicas 0 to 100", Commands.cluster.usage) }
        // As many nodes as a node's limit of pods asks for.
        return .uniform(services: services, replicas: replicas, nodes: services * replicas / 100 + 1)
    }

    private func world() throws(UsageError) -> World {
        let epoch = Date().timeIntervalSince1970.rounded(.down)
        var world = try homelab().world(seed: UInt64.random(in: .min ... .max), epoch: epoch)
        for (name, program) in try programs() { world.machines.images.images[name] = .init(program: program) }
        guard let text = arguments.options["--max-restart-period"] else { return world }
        guard let seconds = Int(text), (1...300).contains(seconds) else {
            throw UsageError("--max-restart-period takes 1 to 300 seconds", Commands.cluster.usage)
        }
        world.machines.longestRestartBackoff = Double(seconds)
        return world
    }

    /// The images of `--images`, by name, and what they run.
    private func programs() throws(UsageError) -> [String: Program] {
        guard let path = arguments.options["--images"] else { return [:] }
        let value: JSONValue
        do {
            value = try JSONCoding.decode(JSONValue.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw UsageError("--images: \(path) cannot be read as JSON: \(error)", Commands.cluster.usage)
        }
        guard let images = value.objectValue else {
            throw UsageError("--images: \(path) must hold an object of images by name", Commands.cluster.usage)
        }
        return images.mapValues { Program().changed(by: $0) }
    }

    private func audit() throws(UsageError) -> AuditLog? {
        guard let path = arguments.options["--audit-log"] else { return nil }
        guard let log = AuditLog(path: path) else {
            throw UsageError("--audit-log: \(path) cannot be written", Commands.cluster.usage)
        }
        return log
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
        let world: World
        let audit: AuditLog?
        do {
            world = try self.world()
            audit = try self.audit()
        } catch {
            Terminal.error("cortex cluster: \(error)")
            return ExitCode.usage
        }
        let server = ClusterServer(world: world, speed: speed, audit: audit)
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
